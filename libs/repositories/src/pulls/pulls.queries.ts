import { sql } from '@central-index/platform/database';

/** The pulls of one reference on one day. */
export interface PullCountRow {
  /** UTC, such as 2026-01-31. */
  readonly day: string;
  /** The tag that was requested, or the digest if no tag was. */
  readonly reference: string;
  readonly pulls: number;
}

/** By day, most pulls first. $1: repository; $2, $3: first and last day. */
export const selectPullCounts = sql<PullCountRow>(
  `select to_char(day, 'YYYY-MM-DD') as day, reference, pulls::float8 as pulls from pull_count
    where repository_id = $1 and day between $2 and $3 and pulls > 0
    order by pull_count.day, pulls desc, reference`,
);
