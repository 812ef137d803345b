import { sql } from '@central-index/platform/database';
import { isSearchableSql } from './searchable-repositories.queries';

/** A public repository in a list of all of them. */
export interface PublicName {
  readonly id: string;
  /** Canonical name, such as `library/centos`. */
  readonly path: string;
  readonly updatedAt: Date;
}

const isPublicSql = `visibility = 'public' and ${isSearchableSql}`;

/** By id. $1: last id of the page before; $2: limit. */
export const selectPublicNames = sql<PublicName>(
  `select id, path, updated_at as "updatedAt" from repository
    where id > $1 and ${isPublicSql} order by id limit $2`,
);

/** The first id of each page of all public repositories. $1: their number on a page. */
export const selectPageStarts = sql<{ readonly id: string }>(
  `select id from (
     select id, row_number() over (order by id) as number from repository where ${isPublicSql}) as numbered
    where (number - 1) % $1::bigint = 0 order by number`,
);
