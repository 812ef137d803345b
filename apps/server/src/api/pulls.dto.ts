import type { Pulls } from '@central-index/repositories';
import { z } from 'zod';

const dayMs = 24 * 60 * 60 * 1000;
const maxDays = 366;
const firstDay = '1970-01-01';
const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10);

// Earlier days have no pulls, and PostgreSQL knows no year 0000.
const day = z.iso.date().refine((text) => text >= firstDay, { message: `is before ${firstDay}` });

/** A period of days in UTC, both ends included. The default is the last 30 days; the maximum is 366 days. */
export const periodSchema = z
  .strictObject({ from: day.optional(), to: day.optional() })
  .transform(({ from, to = dayOf(Date.now()) }) => ({ from: from ?? dayOf(Date.parse(to) - 29 * dayMs), to }))
  .refine(({ from, to }) => from <= to, { path: ['from'], message: 'is after the end' })
  .refine(({ from, to }) => Date.parse(to) - Date.parse(from) < maxDays * dayMs, {
    path: ['from'],
    message: `is more than ${maxDays} days before the end`,
  });
/** A validated period, as ISO dates. */
export type PeriodDto = z.output<typeof periodSchema>;

/** The pulls of a period. */
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
          by_digest: z.int().describe('pulls by digest, without a tag'),
        }),
      )
      .describe('only days with pulls'),
  })
  .meta({ id: 'Pulls' });
/** The pulls of a period as the API returns them. */
export type PullsDto = z.infer<typeof pullsSchema>;

/** Converts pulls to the format of the API. */
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
