import type { Pulls } from '@central-index/repositories';
import { z } from 'zod';

const dayMs = 24 * 60 * 60 * 1000;
const maxDays = 366;
const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10);

/** A period of days in UTC, both included; the last 30 days unless told otherwise. */
export const periodSchema = z
  .strictObject({ from: z.iso.date().optional(), to: z.iso.date().optional() })
  .transform(({ from, to = dayOf(Date.now()) }) => ({ from: from ?? dayOf(Date.parse(to) - 29 * dayMs), to }))
  .refine(({ from, to }) => from <= to, { path: ['from'], message: 'is after the end' })
  .refine(({ from, to }) => Date.parse(to) - Date.parse(from) < maxDays * dayMs, {
    path: ['from'],
    message: `is more than ${maxDays} days before the end`,
  });
export type PeriodDto = z.output<typeof periodSchema>;

/** Pulls of a period as the API shows them. */
export const pullsSchema = z
  .strictObject({
    from: z.iso.date(),
    to: z.iso.date(),
    pulls: z.int(),
    days: z
      .array(
        z.strictObject({
          day: z.iso.date(),
          pulls: z.int(),
          tags: z.array(z.strictObject({ name: z.string(), pulls: z.int() })),
          by_digest: z.int().describe('pulls that asked for no tag'),
        }),
      )
      .describe('days without pulls are left out'),
  })
  .meta({ id: 'Pulls' });
export type PullsDto = z.infer<typeof pullsSchema>;

/** Writes pulls as the API shows them. */
export function toPulls({ from, to }: PeriodDto, { pulls, days }: Pulls): PullsDto {
  return {
    from,
    to,
    pulls,
    days: days.map(({ byDigest, tags, ...day }) => ({
      ...day,
      tags: tags.map((tag) => ({ ...tag })),
      by_digest: byDigest,
    })),
  };
}
