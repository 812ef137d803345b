// Blob registries that the index serves: their addresses and names, what they report, and how the index asks them.
// Knows no repository: what a report means is said in the room of repositories, tokens come from a source that the app
// plugs in. States `registry.reported` and `registry.overflowed`.
export { RegistriesModule } from './registries.module';
export { RegistriesService } from './registries.service';
export { indexService, registryKinds, tokenAlgorithms } from './registry';
export type { NewRegistry, Registry, RegistryKind, TokenAlgorithm } from './registry';
export {
  registryFailing,
  registryInUse,
  registryRefused,
  registryUnreachable,
  registryUnreadable,
} from './registries.errors';
export { RegistryTokenSource } from './registry-token-source';
export type { RegistryAccess } from './registry-token-source';
export { NotificationsService } from './notifications.service';
export type { Backlog, WaitingEvent } from './notifications.service';
export { ParkedEventsService } from './parked-events.service';
export type { ParkedEvent } from './parked-events.service';
export { RegistryClient } from './registry-client';
export type { FetchedManifest } from './registry-client';
export { inParallel } from './in-parallel';
export { RegistryProbe } from './registry-probe';
export type { Greeting } from './registry-probe';
export { RegistryCopier } from './registry-copier';
export type { CopyEnd } from './registry-copier';
export { fragmentFor } from './configuration-fragment';
export type { FragmentFacts } from './configuration-fragment';
