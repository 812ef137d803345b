// Blob registries that the index serves: their addresses and names, what they report, and how the index asks them.
// Knows no repository: what a report means is said in the room of repositories, tokens come from a source that the app
// plugs in. States `registry.reported`.
export { RegistriesModule } from './registries.module';
export { RegistriesService } from './registries.service';
export { indexService, registryKinds } from './registry';
export type { NewRegistry, Registry, RegistryKind } from './registry';
export { registryInUse, registryUnreachable } from './registries.errors';
export { RegistryTokenSource } from './registry-token-source';
export type { RegistryAccess } from './registry-token-source';
