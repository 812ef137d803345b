import { sql } from '@central-index/platform/database';
import type { UniquePullEntity } from './unique-pull.entity';

/** Inserts the digests in their order, so that concurrent transactions do not deadlock; returns the new ones. $1: digests. */
export const insertUniquePulls = sql<Pick<UniquePullEntity, 'digest'>>(
  `insert into unique_pull (digest) select * from unnest($1::text[]) as pull(digest) order by digest
   on conflict do nothing returning digest`,
);

/** $1: minutes. */
export const deleteUniquePullsOlderThan = sql(
  'delete from unique_pull where recorded_at < now() - make_interval(mins => $1)',
);
