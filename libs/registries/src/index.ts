// Blob registries that the index serves: their addresses and names, the notifications that they send, and HTTP clients
// for their API. Knows no repositories: registry-sync applies the events, and the app plugs in a source of tokens. Emits
// `registry.events-received` and `registry.event-oversized`.
export { registryEventOversized, registryEventsReceived } from './registries.facts';
export { RegistriesModule } from './registries.module';
export { RegistriesService } from './registries.service';
export { endpointsOf, indexService, registryKinds, tokenAlgorithms } from './registry';
export type { NewRegistry, Registry, RegistryChanges, RegistryKind, TokenAlgorithm } from './registry';
export { registryToJson } from './registry-mapping';
export type { RegistryJson } from './registry-mapping';
export {
  registryError,
  registryInUse,
  registryUnauthorized,
  registryUnreachable,
  registryInvalidResponse,
} from './registries.errors';
export { RegistryTokenSource } from './registry-token-source';
export type { RegistryAccess } from './registry-token-source';
export { HookSecretsService } from './hook-secrets.service';
export { NotificationsService } from './notifications.service';
export type { Backlog, PendingRegistryEvent } from './notifications.queries';
export { ParkedEventsService } from './parked-events.service';
export type { ParkedEvent } from './parked-events.service';
export { readDescriptors } from './registry-response';
export type { Descriptor } from './registry-response';
export type { DeletionOutcome } from './deletion-outcome';
export { RegistryClient } from './registry-client';
export { v1ImageType, V1RegistryClient } from './v1-registry-client';
export type { FetchedManifest } from './registry-client';
export { forEachLimited } from './for-each-limited';
export { manifestPartsOf } from './manifest-parts';
export { RegistryProbe } from './registry-probe';
export type { ProbeResponse } from './registry-probe';
export { RegistryCopier } from './registry-copier';
export type { CopyEndpoint, CopyOutcome, CopyProblem } from './registry-copier';
export { ownUserAgent, scratchPath } from './own-requests';
export { fragmentFor, fullConfigurationFor } from './configuration-fragment';
export type { FragmentOptions } from './configuration-fragment';
