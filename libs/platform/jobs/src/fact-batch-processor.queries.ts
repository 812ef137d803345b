import { preparedSql, sql } from '@central-index/platform/database';
import type { Payload } from './facts';

/** The greatest number of facts in a batch. */
export const batchSize = 500;

/** The types of pending facts: one index lookup per type, however many facts are pending. $1: the types to look for. */
export const selectPendingTypes = preparedSql<{ readonly type: string }>(
  `select type from unnest($1::text[]) as type
  where exists (select from fact_outbox where fact_outbox.type = type.type)`,
);

/** Ends the session of a worker that freezes while it handles a batch, which rolls its claim back. */
export const limitIdleTime = sql(`set local idle_in_transaction_session_timeout = '30s'`);

/** Claims a batch until the transaction ends; skips facts that another worker has claimed. $1: type. */
export const claimBatch = preparedSql<{ readonly payload: Payload }>(
  `delete from fact_outbox where type = $1 and id in (
    select id from fact_outbox where type = $1 order by id limit ${batchSize} for update skip locked)
  returning payload`,
);
