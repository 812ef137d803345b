import { sql } from './query';

/** Fails unless the server answers. */
export const ping = sql('select 1');

/** The server's version as one number, such as 180004. */
export const selectServerVersion = sql<{ readonly version: number }>(
  `select current_setting('server_version_num')::int as version`,
);

/** Lets a maintenance statement run longer than requests may. */
export const disableStatementTimeout = sql('set statement_timeout = 0');

/** Restores the limit that the connection was opened with. */
export const resetStatementTimeout = sql('reset statement_timeout');
