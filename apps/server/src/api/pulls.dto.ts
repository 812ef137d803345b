import { maxTagsPerDay, maxTagsPerPeriod, type Pulls } from '@central-index/repositories';
import { z } from 'zod';

const dayMs = 24 * 60 * 60 * 1000;
const maxDays = 366;
const firstDay = '1970-01-01';
const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10);

// Earlier days have no pulls, and PostgreSQL knows no year 0000.
const day = z.iso.date().refine((text) => text >= firstDay, { message: `is before ${firstDay}` });

/** A tag, if only its pulls are wanted, and a period of days in UTC, both ends included. The default is the last 30 days; the maximum is 366 days. */
export const periodSchema = z
  .strictObject({
    from: day.optional(),
    to: day.optional(),
    tag: z.string().min(1).max(255).optional().describe('only pulls of this tag'),
  })
  .transform(({ from, to = dayOf(Date.now()), ...rest }) => ({
    ...rest,
    from: from ?? dayOf(Date.parse(to) - 29 * dayMs),
    to,
  }))
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
    pulls: z.int().min(0),
    days: z
      .array(
        z.strictObject({
          day: z.iso.date(),
          pulls: z.int().min(0),
          tags: z
            .array(z.strictObject({ name: z.string(), pulls: z.int().min(0) }))
            .describe(
              `the tags that were pulled most: ${maxTagsPerDay}, or fewer per day for periods of more than ${maxTagsPerPeriod / maxTagsPerDay} days`,
            ),
          other_tags: z
            .strictObject({ tags: z.int().min(0), pulls: z.int().min(0) })
            .optional()
            .describe(
              'number of tags that are not listed, and their pulls; of days with more than 1,000 tags and digests, also ' +
                'the pulls of further ones',
            ),
          by_digest: z.int().min(0).describe('pulls by digest, without a tag'),
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
    days: days.map(({ byDigest, tags, otherTags, ...day }) => ({
      ...day,
      tags: tags.map((tag) => ({ ...tag })),
      ...(otherTags === undefined ? {} : { other_tags: otherTags }),
      by_digest: byDigest,
    })),
  };
}
