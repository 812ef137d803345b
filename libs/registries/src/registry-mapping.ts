import type { Registry, RegistryKind, TokenAlgorithm } from './registry';
import type { RegistryEntity } from './registry.entity';

/** A registry as the REST API and the command line show it. Times are ISO 8601, `token_ttl` is in seconds. */
export interface RegistryJson {
  readonly name: string;
  readonly url: string;
  readonly host: string;
  readonly hook_url: string | null;
  readonly service: string;
  readonly kind: RegistryKind;
  readonly token_ttl: number | null;
  readonly token_algorithm: TokenAlgorithm;
  readonly behind_proxy: boolean;
  readonly created_at: string;
}

/** The read type of a stored registry: all columns but the hash of its secret. */
export function toRegistry(row: RegistryEntity): Registry {
  return {
    id: row.id,
    name: row.name,
    url: row.url,
    host: row.host,
    hookUrl: row.hookUrl,
    service: row.service,
    kind: row.kind,
    tokenTtl: row.tokenTtl,
    tokenAlgorithm: row.tokenAlgorithm,
    behindProxy: row.behindProxy,
    createdAt: row.createdAt,
  };
}

/** A registry as plain JSON. It has no secret in it. */
export function registryToJson(registry: Registry): RegistryJson {
  return {
    name: registry.name,
    url: registry.url,
    host: registry.host,
    hook_url: registry.hookUrl,
    service: registry.service,
    kind: registry.kind,
    token_ttl: registry.tokenTtl,
    token_algorithm: registry.tokenAlgorithm,
    behind_proxy: registry.behindProxy ?? false,
    created_at: registry.createdAt.toISOString(),
  };
}
