import { z } from 'zod';

/** The query of the catalog: `n` names at most, after the name `last`. */
export const CatalogQuery = z.strictObject({
  n: z
    .string()
    .regex(/^[1-9][0-9]{0,8}$/, 'must be a whole number of 1 or more')
    .transform(Number)
    .optional(),
  last: z.string().max(255).optional(),
});
/** A validated query of the catalog. */
export type CatalogQuery = z.infer<typeof CatalogQuery>;

/** The repository and the reference in a path. An invalid name is that of no repository. */
export const RepositoryParameters = z.strictObject({
  namespace: z.string().optional(),
  name: z.string(),
  reference: z.string().optional(),
  digest: z.string().optional(),
});
/** Validated parameters of a path. */
export type RepositoryParameters = z.infer<typeof RepositoryParameters>;
