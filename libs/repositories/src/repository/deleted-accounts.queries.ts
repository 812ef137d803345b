import { sql } from '@central-index/platform/database';

/** A deleted account of which something is left. */
export interface DeletedAccountRow {
  readonly id: string;
}

/** $1: limit. */
export const selectDeletedAccounts = sql<DeletedAccountRow>(
  `select id from account where deleted_at is not null
     and (exists (select from star where account_id = account.id)
       or exists (select from namespace where owner_id = account.id))
   order by id limit $1`,
);

/**
 * Deletes stars of an account, if it was deleted, with their counts, and returns the repositories. These are locked in the
 * order of their ids, so that two such statements cannot deadlock. $1: account; $2: limit.
 */
export const deleteStarsOfAccount = sql<{ readonly id: string }>(
  `with starred as (select repository_id from star join account on account.id = account_id
       where account_id = $1 and deleted_at is not null order by repository_id limit $2),
     locked as (select id from repository where id in (select repository_id from starred) order by id for no key update),
     gone as (delete from star using locked where account_id = $1 and repository_id = locked.id returning repository_id)
   update repository set stars = stars - 1 from gone where repository.id = gone.repository_id
   returning repository.id`,
);

/** A private repository of a deleted account, locked until the transaction ends. */
export interface PrivateRepositoryRow {
  readonly id: string;
  readonly path: string;
}

/** $1: account; $2: limit. */
export const selectPrivateRepositoriesOfAccount = sql<PrivateRepositoryRow>(
  `select repository.id, repository.path from repository
     join namespace on namespace.id = namespace_id join account on account.id = owner_id
    where owner_id = $1 and account.deleted_at is not null and visibility = 'private' and state <> 'deleted'
    order by repository.id limit $2 for no key update of repository`,
);

/** Releases the namespaces of an account, if it was deleted. $1: account. */
export const releaseNamespaces = sql<{ readonly name: string }>(
  `update namespace set owner_id = null from account
    where owner_id = $1 and account.id = owner_id and account.deleted_at is not null
   returning namespace.name`,
);
