import type { Registry } from './registry';

/** One entry of a token's `access` claim. */
export interface RegistryAccess {
  readonly type: 'repository' | 'registry';
  /** The repository's path at the registry, or `catalog`. */
  readonly name: string;
  readonly actions: readonly string[];
}

/**
 * Issues the index's own tokens (subject `:index`) for the registry clients. The library tokens depends on this one and
 * not the other way round, so the app provides the implementation.
 */
export abstract class RegistryTokenSource {
  /** A short-lived token for that registry, as it goes into `Authorization: Bearer`. */
  abstract token(registry: Registry, access: readonly RegistryAccess[]): Promise<string>;

  /** `Authorization` for a registry of the v1 protocol, for one repository. */
  abstract v1Authorization(path: string, access: 'read' | 'delete'): Promise<string>;
}
