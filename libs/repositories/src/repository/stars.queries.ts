import { preparedSql } from '@central-index/platform/database';

/** No row if the repository is not active. */
export interface StarChangeRow {
  /** False if the star was set, or absent, before. */
  readonly changed: boolean;
}

// The counter changes in the same statement as the star, so that it always equals the number of stars. The repository is
// locked first: otherwise a deletion at the same time could leave stars counted on a tombstone.
const changeStar = (change: string): string =>
  `with there as (select id from repository where id = $1 and state = 'active' for no key update),
     owner as (select id from account where id = $2 and disabled_at is null for share),
     moved as (${change}),
     counted as (update repository set stars = stars + moved.by from moved where id = $1 returning id)
   select exists (select from counted) as changed from there`;

/** Changes nothing if the account was disabled or deleted since it was authenticated. $1: repository; $2: account. */
export const insertStar = preparedSql<StarChangeRow>(
  changeStar(
    'insert into star (account_id, repository_id) select owner.id, there.id from there, owner on conflict do nothing returning 1 as by',
  ),
);

/** $1: repository; $2: account. */
export const deleteStar = preparedSql<StarChangeRow>(
  changeStar(
    'delete from star using there where account_id = $2 and repository_id = there.id returning -1 as by',
  ),
);
