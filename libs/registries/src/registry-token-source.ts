import type { Registry } from './registry';

/** What the index asks a registry to let it do: one entry of a token's `access`. */
export interface RegistryAccess {
  readonly type: 'repository' | 'registry';
  /** The repository's path at the registry, or `catalog`. */
  readonly name: string;
  readonly actions: readonly string[];
}

/**
 * Where the registry client gets the index's own tokens from (subject `:index`). The room of tokens knows registries
 * and not the other way round, so the app joins them.
 */
export abstract class RegistryTokenSource {
  /** A short-lived token for that registry, as it goes into `Authorization: Bearer`. */
  abstract token(registry: Registry, access: readonly RegistryAccess[]): Promise<string>;
}
