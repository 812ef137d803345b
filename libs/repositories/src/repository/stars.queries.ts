import { isMemberSql } from '@central-index/namespaces';
import { preparedSql, sql } from '@central-index/platform/database';
import {
  repositorySummaryColumns,
  repositorySummaryJoins,
  type RepositorySummaryRow,
} from './repositories.queries';

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

/** One row if the account has starred the repository. $1: repository; $2: account. */
export const selectStar = preparedSql<{ readonly starred: boolean }>(
  'select true as starred from star where repository_id = $1 and account_id = $2',
);

/** A star in a list. */
interface StarRow {
  readonly starredAt: Date;
  /** Microseconds since 1970: a Date holds milliseconds only, and a list continues from here. */
  readonly microseconds: string;
}

const starColumns = `star.created_at as "starredAt",
  (extract(epoch from star.created_at) * 1000000)::bigint as microseconds`;

// The stars after the last one of the page before, in an order that an index has.
const starsBefore = (id: string): string => `($2::bigint is null
    or (star.created_at, ${id}) < (timestamptz 'epoch' + $2::bigint * interval '1 microsecond', $3::bigint))
  order by star.created_at desc, ${id} desc limit $4`;

/** A star that a repository has. */
export interface StargazerRow extends StarRow {
  readonly accountId: string;
  readonly username: string;
}

/** Latest first. $1: repository; $2, $3: microseconds and account of the last row of the page before, or null; $4: limit. */
export const selectStargazers = sql<StargazerRow>(
  `select account.name as username, star.account_id as "accountId", ${starColumns}
     from star join account on account.id = star.account_id
    where star.repository_id = $1 and ${starsBefore('star.account_id')}`,
);

/** A repository that an account has starred. */
export type StarredRow = RepositorySummaryRow & StarRow;

/**
 * Those that the account may see, latest star first. $1: account; $2, $3: microseconds and repository of the last row of
 * the page before, or null; $4: limit.
 */
export const selectStarred = sql<StarredRow>(
  `select ${repositorySummaryColumns}, ${starColumns} ${repositorySummaryJoins}
     join star on star.repository_id = repository.id
    where star.account_id = $1 and repository.state = 'active'
      and (visibility = 'public' or ${isMemberSql('$1')}) and ${starsBefore('star.repository_id')}`,
);
