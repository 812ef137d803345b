// Keeps repositories in sync with registries: applies their events, reads their contents, reconciles, moves and adopts
// repositories, deletes tags and images, diagnoses registries, and runs long operations on them. Emits `tag.pushed`,
// `tag.deleted`, `tag.recheck-requested`, `tag.deletion-requested`, `repository.moved-away` and `operation.requested`.
export {
  operationRequested,
  registryReconcile,
  registryReconcileFull,
  repositoryMovedAway,
  tagDeleted,
  tagDeletionRequested,
  tagPushed,
  tagRecheckRequested,
} from './registry-sync.facts';
export { RegistrySyncModule } from './registry-sync.module';
export { EventProcessorService } from './event-processing/event-processor.service';
export { ReconcilerService } from './reconcile/reconciler.service';
export type { ReconcileOptions } from './reconcile/reconcile-options';
export { toReconcileJson } from './reconcile/reconcile-result';
export type { ReconcileResult } from './reconcile/reconcile-result';
export { ReconcileResultsService } from './reconcile/reconcile-results.service';
export { AdoptionService } from './lifecycle/adoption.service';
export type { Adoption } from './lifecycle/adoption.service';
export { MovesService } from './lifecycle/moves.service';
export type { Move } from './lifecycle/moves.service';
export { ImageDeletionService } from './lifecycle/image-deletion.service';
export { ImageDetailsService, platformName } from './contents/image-details.service';
export type { TagDetails } from './contents/image-details.service';
export type { ImageDetails, ImageLayer, ImageSettings } from './contents/image-details';
export { ReferrersService } from './contents/referrers.service';
export type { Referrer } from './contents/referrers-reader';
export type { DeletedReferrers } from './lifecycle/tag-deletions.service';
export { TagDeletionsService } from './lifecycle/tag-deletions.service';
export { RegistryDoctor } from './doctor/registry-doctor.service';
export type { DoctorTimeouts } from './doctor/registry-doctor.service';
export type { RegistryCheck, CheckStatus } from './doctor/check-result';
export { RepositoryRefresh } from './reconcile/repository-refresh.service';
export { OperationsService } from './operations/operations.service';
export type {
  Operation,
  OperationKind,
  OperationRequest,
  SearchCheckResult,
  SearchOperations,
} from './operations/operation';
