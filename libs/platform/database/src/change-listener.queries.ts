import { sql } from './query';

/** $1: channel; $2: payload. */
export const notify = sql('select pg_notify($1, $2)');

/** Server processes of the other change listeners of this database, whatever process of the product they belong to. */
export const selectListeners = sql<{ readonly pid: number }>(
  `select pid from pg_stat_activity
   where datname = current_database() and pid <> pg_backend_pid() and application_name like 'central-index % listener'`,
);
