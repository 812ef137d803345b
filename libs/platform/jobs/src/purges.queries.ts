import { sql } from '@central-index/platform/database';

/** How many rows of a table were purged in all, and when that ran last. */
export interface PurgeTotal {
  readonly table: string;
  readonly rows: number;
  readonly lastRunAt: Date;
}

/** $1: table; $2: number of rows. */
export const addPurgedRows = sql(
  `insert into purge_total as total (table_name, row_count, last_run_at) values ($1, $2, now())
   on conflict (table_name) do update set row_count = total.row_count + $2, last_run_at = now()`,
);

/** By table. */
export const selectPurgeTotals = sql<PurgeTotal>(
  `select table_name as "table", row_count::float8 as rows, last_run_at as "lastRunAt"
   from purge_total order by table_name`,
);
