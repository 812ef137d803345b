import { sql } from './query';

/** A database that was never migrated has no such table. */
export const selectHasSchemaRequirement = sql<{ readonly exists: boolean }>(
  `select to_regclass('schema_requirement') is not null as exists`,
);

/** The oldest level of code that may run on the schema: the timestamp of a migration, or 0. */
export const selectOldestCode = sql<{ readonly oldest: string }>(
  `select coalesce(max(oldest_code), 0)::text as oldest from schema_requirement`,
);

/** The migrations that have run. */
export const selectMigrations = sql<{ readonly name: string }>('select name from schema_migration');

/** Waits for other processes that migrate. $1: key of the lock. */
export const lockMigrations = sql('select pg_advisory_lock($1)');

/** A database that was never migrated has no such table. */
export const selectHasSettings = sql<{ readonly exists: boolean }>(
  `select to_regclass('setting') is not null as exists`,
);

/** $1: key. */
export const selectSetting = sql<{ readonly value: string }>('select value from setting where key = $1');

/** Keeps the value of a setting that exists. $1: key; $2: value. */
export const insertSetting = sql(
  'insert into setting (key, value) values ($1, $2) on conflict (key) do nothing',
);
