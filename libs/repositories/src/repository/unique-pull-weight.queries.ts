import { halfLifeDays, weightOrigin } from './unique-pull-weight';

/**
 * SQL for the present weight of a `repository`'s unique pulls. It decays at midnight (UTC) only, so that within a day new
 * unique pulls can only raise it.
 */
export const uniquePullsNow = `(repository.unique_pulls * power(2::float8, extract(epoch from
  timestamptz '${weightOrigin}' - date_trunc('day', now(), 'UTC'))::float8 / ${halfLifeDays * 24 * 3600}))`;
