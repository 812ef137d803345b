import { sql } from '@central-index/platform/database';
import { otherReferences } from './pull-counter.queries';

/** The pulls of one day. */
export interface PullDayRow {
  /** UTC, such as 2026-01-31. */
  readonly day: string;
  /** All of them. */
  readonly pulls: number;
  /** Those that requested a digest and no tag, of digests that have a row. */
  readonly byDigest: number;
  /** How many tags were pulled that have a row. */
  readonly tagCount: number;
  /** The tags that were pulled most, those first. */
  readonly tags: readonly { readonly name: string; readonly pulls: number }[];
}

// A digest has a colon, a tag never.
const isTagSql = `(strpos(reference, ':') = 0 and reference <> '${otherReferences}')`;
const isDigestSql = `strpos(reference, ':') > 0`;
const countsOf = (day: string): string => `pull_count where repository_id = $1 and day ${day} and pulls > 0`;

/**
 * By day. The database adds up and selects, so that a repository with many references is neither read nor answered whole.
 * $1: repository; $2, $3: first and last day; $4: number of tags per day.
 */
export const selectPullDays = sql<PullDayRow>(
  `select to_char(one.day, 'YYYY-MM-DD') as day, one.pulls, "byDigest", "tagCount", most.tags
     from (select day, sum(pulls)::float8 as pulls,
                  coalesce(sum(pulls) filter (where ${isDigestSql}), 0)::float8 as "byDigest",
                  (count(*) filter (where ${isTagSql}))::integer as "tagCount"
             from ${countsOf('between $2 and $3')} group by day) as one
     cross join lateral (
       select coalesce(json_agg(json_build_object('name', reference, 'pulls', best.pulls)), '[]') as tags
         from (select reference, pull_count.pulls from ${countsOf('= one.day')} and ${isTagSql}
                order by pull_count.pulls desc, reference limit $4) as best) as most
    order by one.day`,
);

/** By day. $1: repository; $2, $3: first and last day; $4: tag. */
export const selectPullDaysOfTag = sql<Pick<PullDayRow, 'day' | 'pulls'>>(
  `select to_char(day, 'YYYY-MM-DD') as day, sum(pulls)::float8 as pulls
     from ${countsOf('between $2 and $3')} and reference = $4 group by pull_count.day order by pull_count.day`,
);
