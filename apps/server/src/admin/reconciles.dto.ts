import { z } from 'zod';

/** The result of a reconcile. */
export const reconcileSchema = z
  .strictObject({
    registry: z.string(),
    started_at: z.iso.datetime(),
    finished_at: z.iso.datetime(),
    repositories: z.int().min(0).describe('repositories placed on the registry that were read'),
    added: z.int().min(0).describe('tags that were added or moved'),
    deleted: z.int().min(0).describe('tags that were deleted'),
    missing: z.int().min(0).describe('tags that the registry does not list and that were not deleted'),
    unclaimed: z
      .int()
      .min(0)
      .describe('names in the catalog of the registry that are no repository placed there'),
    error: z
      .string()
      .nullable()
      .describe('why not everything could be read; nothing is deleted in that case'),
    alarm: z.string().nullable().describe('why nothing was deleted although tags are missing'),
  })
  .meta({ id: 'ReconcileResult' });
/** The result of a reconcile as the API returns it. */
export type ReconcileDto = z.infer<typeof reconcileSchema>;
