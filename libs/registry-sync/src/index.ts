// What registries say about repositories: the events they send, the contents they hold, reconciliation of both with the
// database, moves and deletions at registries, adoption, the doctor, and the long-running operations on them.
// Emits `push.reported-early`, `tag.removal-asked`, `repository.left` and `errand.asked`.
export { ReportsModule } from './registry-sync.module';
export { ReportsService } from './event-processing/event-processor.service';
export { ReconcilerService } from './reconcile/reconciler.service';
export type { SweepOptions } from './reconcile/reconciler.service';
export type { Sweep } from './reconcile/reconcile-result';
export { SweepsService } from './reconcile/reconcile-results.service';
export { AdoptionService } from './lifecycle/adoption.service';
export type { Adoption } from './lifecycle/adoption.service';
export { MovesService } from './lifecycle/moves.service';
export type { Move } from './lifecycle/moves.service';
export { RemovalsService } from './lifecycle/image-deletion.service';
export { TagRemovalsService } from './lifecycle/tag-deletions.service';
export { RegistryDoctor } from './doctor/registry-doctor.service';
export type { Patience } from './doctor/registry-doctor.service';
export type { Check, Verdict } from './doctor/registry-checks';
export { ErrandsService } from './operations/operations.service';
export type { Errand, ErrandKind, ErrandRequest } from './operations/operation';
