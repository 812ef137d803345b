import type { ReconcileResult } from '@central-index/registry-sync';
import { z } from 'zod';

/** What a reconcile of a registry came to. */
export const reconcileSchema = z
  .strictObject({
    registry: z.string(),
    started_at: z.iso.datetime(),
    finished_at: z.iso.datetime(),
    repositories: z.int().describe('placed on the registry, and read'),
    added: z.int().describe('tags that were added or moved'),
    deleted: z.int().describe('tags that were deleted'),
    missing: z.int().describe('tags that the registry does not list and that were kept'),
    unclaimed: z.int().describe('names in its catalog that are no repository placed there'),
    error: z.string().nullable().describe('why not everything was read; nothing was deleted then'),
    alarm: z.string().nullable().describe('why nothing was deleted though something is missing'),
  })
  .meta({ id: 'Reconcile' });
export type ReconcileDto = z.infer<typeof reconcileSchema>;

/** Writes a reconcile as the API shows it. */
export function toReconcile({ startedAt, finishedAt, ...result }: ReconcileResult): ReconcileDto {
  return {
    ...result,
    started_at: startedAt.toISOString(),
    finished_at: finishedAt.toISOString(),
  };
}
