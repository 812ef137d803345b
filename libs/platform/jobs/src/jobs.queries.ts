import { sql } from '@central-index/platform/database';

/** One insert: emitters of one fact do not wait for each other, and no worker is notified. $1: type; $2: payload. */
export const insertBatchedFact = sql('insert into fact_outbox (type, payload) values ($1, $2)');

/** Finds a job that is pending or running. $1: its key. */
export const selectPendingJob = sql(
  'select from graphile_worker.jobs where key = $1 and attempts < max_attempts',
);
