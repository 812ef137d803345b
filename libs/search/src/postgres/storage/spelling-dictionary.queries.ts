import { preparedSql, sql } from '@central-index/platform/database';

/** A name of the dictionary, and the popularity of the most popular repository of that name in whole steps. */
export interface SpeltName {
  readonly name: string;
  readonly weight: number;
}

/** A name under the hash of one of its deletion keys. */
export interface DeletionKey extends SpeltName {
  readonly hash: string;
  /** The number of letters of the whole name. */
  readonly letters: number;
}

// The most that one search reads: many names share a prefix, but few of them are popular.
const maxSimilarNames = 500;

// The lowest six bits of a key are the number of letters of the whole name. Of the names with a common prefix (thousands
// begin with `docker`), only those are read that are about as long as the text.
const maxLetters = 63;
const keySql = (hash: string, letters: string): string =>
  `((${hash} & ${~maxLetters}) | least(${letters}, ${maxLetters}))`;

/** Selects the most popular names that have one of the hashes and one of the numbers of letters. */
export const similarNamesSql = (hashes: string, lengths: string): string =>
  `select name, max(weight) as weight from search_spelling
   where deletion_key = any(array(select ${keySql('hash', 'letters')}
     from unnest(${hashes}::bigint[]) as hash, unnest(${lengths}::bigint[]) as letters))
   group by name order by weight desc limit ${maxSimilarNames}`;

/** $1: hashes of deletion keys; $2: numbers of letters. */
export const selectSimilarNames = preparedSql<SpeltName>(similarNamesSql('$1', '$2'));

/**
 * Those of the given keys that are not stored, or with less weight. Each is looked up: the planner would rather read the
 * whole dictionary. $1: names; $2: weights; $3: hashes; $4: numbers of letters.
 */
export const selectMissingKeys = preparedSql<DeletionKey>(
  `select name, spelling.weight, hash, letters
   from unnest($1::text[], $2::smallint[], $3::bigint[], $4::int[]) as spelling(name, weight, hash, letters)
   left join lateral (select stored.weight as stored_weight from search_spelling as stored
     where stored.deletion_key = ${keySql('hash', 'letters')} and stored.name = spelling.name limit 1) as stored on true
   where stored_weight is null or stored_weight < spelling.weight`,
);

/** In one order, so that two processes that store the same names do not deadlock. $1: keys as JSON. */
export const upsertKeys = sql(
  `insert into search_spelling (deletion_key, name, weight)
   select ${keySql('hash', 'letters')} as deletion_key, name, weight
   from json_to_recordset($1::json) as spelling(hash bigint, letters int, name text, weight smallint)
   order by deletion_key, name
   on conflict (deletion_key, name) do update set weight = excluded.weight where search_spelling.weight < excluded.weight`,
);
