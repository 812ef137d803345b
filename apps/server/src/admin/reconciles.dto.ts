import type { Sweep } from '@central-index/registry-sync';
import { z } from 'zod';

/** What a sweep of a registry came to. */
export const sweepSchema = z
  .strictObject({
    registry: z.string(),
    started_at: z.iso.datetime(),
    finished_at: z.iso.datetime(),
    repositories: z.int().describe('placed on the registry, and read'),
    added: z.int().describe('tags that were added or moved'),
    removed: z.int().describe('tags that were removed'),
    missing: z.int().describe('tags that the registry does not list and that were kept'),
    unclaimed: z.int().describe('names in its catalog that are no repository placed there'),
    failure: z.string().nullable().describe('why not everything was read; nothing was removed then'),
    alarm: z.string().nullable().describe('why nothing was removed though something is missing'),
  })
  .meta({ id: 'Sweep' });
export type SweepDto = z.infer<typeof sweepSchema>;

/** Writes a sweep as the API shows it. */
export function toSweep({ startedAt, finishedAt, ...sweep }: Sweep): SweepDto {
  return {
    ...sweep,
    started_at: startedAt.toISOString(),
    finished_at: finishedAt.toISOString(),
  };
}
