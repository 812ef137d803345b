// Blob registries that the index serves: their addresses and names, what they report, and how the index asks them.
// Knows no repository: what a report means is said in the room of repositories, tokens come from a source that the app
// plugs in. States `registry.events-received` and `registry.event-oversized`.
export { registryEventOversized, registryEventsReceived } from './registries.facts';
export { RegistriesModule } from './registries.module';
export { RegistriesService } from './registries.service';
export { indexService, registryKinds, tokenAlgorithms } from './registry';
export type { NewRegistry, Registry, RegistryKind, TokenAlgorithm } from './registry';
export {
  registryError,
  registryInUse,
  registryUnauthorized,
  registryUnreachable,
  registryInvalidResponse,
} from './registries.errors';
export { RegistryTokenSource } from './registry-token-source';
export type { RegistryAccess } from './registry-token-source';
export { NotificationsService } from './notifications.service';
export type { Backlog, PendingRegistryEvent } from './notifications.service';
export { ParkedEventsService } from './parked-events.service';
export type { ParkedEvent } from './parked-events.service';
export { RegistryClient } from './registry-client';
export type { FetchedManifest } from './registry-client';
export { inParallel } from './in-parallel';
export { RegistryProbe } from './registry-probe';
export type { ProbeResponse } from './registry-probe';
export { RegistryCopier } from './registry-copier';
export type { CopyEndpoint } from './registry-copier';
export { fragmentFor } from './configuration-fragment';
export type { FragmentOptions } from './configuration-fragment';
