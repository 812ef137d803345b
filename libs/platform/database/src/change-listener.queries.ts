import { sql } from './query';

/** $1: channel; $2: payload. */
export const notify = sql('select pg_notify($1, $2)');
