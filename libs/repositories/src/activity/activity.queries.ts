import { isMemberSql } from '@central-index/namespaces';
import { sql } from '@central-index/platform/database';

/** A version that was pushed, or found at the registry if its push was not reported. */
export interface TagPushRow {
  readonly tag: string;
  readonly digest: string;
  readonly at: Date;
  /** False if the push was not reported: `at` is then the time of the observation. */
  readonly reported: boolean;
  /** Name of the account that pushed it, if known. */
  readonly by: string | null;
}

/** Something that happened in one of an account's repositories. */
export type ActivityRow = {
  /** Canonical name of the repository, such as `alice/app`. */
  readonly path: string;
  readonly at: Date;
  /** Name of the account that did it, if known. */
  readonly by: string | null;
} & (
  | { readonly kind: 'push'; readonly tag: string; readonly digest: string }
  | { readonly kind: 'star'; readonly tag: null; readonly digest: null }
);

// Signatures and other statements have tags that are made of the digest that they are about.
const isVersionSql = `tag !~ '^sha(256|512)-[0-9a-f]{64,128}'`;

/** Latest first. $1: repository; $2: limit. */
export const selectPushes = sql<TagPushRow>(
  `select tag, digest, pushed_at as at, reported, account.name as by
     from tag_history left join account on account.id = pushed_by_id
    where repository_id = $1 and ${isVersionSql}
    order by pushed_at desc, tag_history.id desc limit $2`,
);

// An account may have thousands of repositories: what happened last is in those that were pushed to last, and stars come to
// those that have most.
const maxRepositories = 100;
const ownSql = (order: string): string =>
  `(select repository.id, repository.path from repository join namespace on namespace.id = namespace_id
     where ${isMemberSql('$1')} and state = 'active' order by ${order} limit ${maxRepositories}) as own`;

/** Pushes to an account's repositories, and stars that others gave them, latest first. $1: account; $2: limit. */
export const selectActivity = sql<ActivityRow>(
  `select * from (
     (select 'push' as kind, path, pushed.tag, pushed.digest, pushed.at, account.name as by
        from ${ownSql('pushed_at desc nulls last, repository.id')}
        cross join lateral (
          select tag, digest, pushed_at as at, pushed_by_id from tag_history
           where repository_id = own.id and reported and ${isVersionSql}
           order by pushed_at desc, tag_history.id desc limit $2) as pushed
        left join account on account.id = pushed.pushed_by_id)
     union all
     (select 'star', path, null, null, starred.at, account.name
        from ${ownSql('stars desc, repository.id')}
        cross join lateral (
          select account_id, created_at as at from star
           where repository_id = own.id and account_id <> $1
           order by created_at desc, account_id desc limit $2) as starred
        join account on account.id = starred.account_id)) as events
    order by at desc, path, tag limit $2`,
);
