import {
  registryKinds,
  tokenAlgorithms,
  type NewRegistry,
  type RegistryChanges,
} from '@central-index/registries';
import { z } from 'zod';
import { listOf } from '../api/page.dto';

/** A registry. */
export const registrySchema = z
  .strictObject({
    name: z.string(),
    url: z.string(),
    host: z.string(),
    hook_url: z.string().nullable(),
    service: z.string(),
    kind: z.enum(registryKinds),
    token_ttl: z.int().nullable(),
    token_algorithm: z.enum(tokenAlgorithms),
    behind_proxy: z.boolean(),
    created_at: z.iso.datetime(),
  })
  .meta({ id: 'Registry' });
/** A page of registries. */
export const registriesSchema = listOf(registrySchema).meta({ id: 'Registries' });
/** A registry that was added, with the secret of its notifications. */
export const createdRegistrySchema = registrySchema
  .extend({ hook_secret: z.string() })
  .meta({ id: 'CreatedRegistry' });
/** A registry to be added. The registries library checks the format of the values, for the command line as well. */
export const newRegistrySchema = z
  .strictObject({
    name: z.string(),
    url: z.string(),
    host: z.string().optional(),
    hook_url: z.string().optional(),
    service: z.string().optional(),
    kind: z.enum(registryKinds).optional(),
    token_ttl: z.int().optional(),
    token_algorithm: z.enum(tokenAlgorithms).optional(),
    behind_proxy: z.boolean().optional(),
  })
  .meta({ id: 'NewRegistry' });
/** Changes of a registry. */
export const registryChangesSchema = z
  .strictObject({
    url: z.string().optional(),
    host: z.string().optional(),
    hook_url: z.string().nullable().optional().describe('null restores PUBLIC_URL'),
    token_ttl: z.int().nullable().optional().describe('null restores TOKEN_TTL'),
    behind_proxy: z.boolean().optional(),
  })
  .meta({ id: 'RegistryChanges' });

/** The name of a registry in a path. */
export const registryPathSchema = z.strictObject({ name: z.string().max(255) });
/** The validated name of a registry in a path. */
export type RegistryPathDto = z.infer<typeof registryPathSchema>;
/** A registry as the API returns it. */
export type RegistryDto = z.infer<typeof registrySchema>;

/** The values of a new registry, in the names of the registries library. */
export function toNewRegistry(body: z.infer<typeof newRegistrySchema>): NewRegistry {
  const { hook_url, token_ttl, token_algorithm, behind_proxy, ...rest } = body;
  return {
    ...rest,
    hookUrl: hook_url,
    tokenTtl: token_ttl,
    tokenAlgorithm: token_algorithm,
    behindProxy: behind_proxy,
  };
}

/** The changes of a registry, in the names of the registries library. */
export function toRegistryChanges(body: z.infer<typeof registryChangesSchema>): RegistryChanges {
  const { url, host, hook_url, token_ttl, behind_proxy } = body;
  return { url, host, hookUrl: hook_url, tokenTtl: token_ttl, behindProxy: behind_proxy };
}
