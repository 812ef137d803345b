import { sql } from '@central-index/platform/database';

/** Held until the end of the transaction, so that one process at a time changes keys. $1: key. */
export const lockKeys = sql('select pg_advisory_xact_lock($1)');

/** Keeps the value that is there. $1: key; $2: value. */
export const insertSetting = sql(
  'insert into setting (key, value) values ($1, $2) on conflict (key) do nothing',
);

/** $1: key. */
export const selectSetting = sql<{ readonly value: string }>('select value from setting where key = $1');
