import { preparedSql, sql } from '@central-index/platform/database';

/**
 * Inserts documents, and replaces those that differ and are not newer. Sorted by id, so that two batches do not deadlock on
 * each other's rows. A trigger updates the postings. $1: documents as JSON.
 */
export const upsertDocuments = preparedSql(
  `insert into search_document (repository_id, rank_key, namespace, name, official, automated, private, kinds, platforms,
     description, image_text, stars, pulls, terms, updated_at, pushed_at, version)
   select id, rank_key, namespace, name, official, automated, private, kinds, platforms,
     description, "imageText", stars, pulls, terms, "updatedAt", "pushedAt", version
   from json_to_recordset($1::json) as document(id bigint, rank_key bigint, namespace text, name text,
     official boolean, automated boolean, private boolean, kinds text[], platforms text[], description text, "imageText" text, stars integer,
     pulls bigint, terms bigint[], "updatedAt" timestamptz, "pushedAt" timestamptz, version bigint)
   order by id
   on conflict (repository_id) do update set
     rank_key = excluded.rank_key, namespace = excluded.namespace, name = excluded.name, official = excluded.official,
     automated = excluded.automated, private = excluded.private, kinds = excluded.kinds, platforms = excluded.platforms,
     description = excluded.description,
     image_text = excluded.image_text, stars = excluded.stars, pulls = excluded.pulls, terms = excluded.terms,
     updated_at = excluded.updated_at, pushed_at = excluded.pushed_at, version = excluded.version
   where search_document.version <= excluded.version and search_document is distinct from excluded`,
);

/** Locks the rows in the order of their ids before it deletes them, like `upsertDocuments`. $1: ids. */
export const deleteDocuments = sql(
  `delete from search_document where repository_id in (
     select repository_id from search_document where repository_id = any($1::bigint[])
     order by repository_id for update)`,
);

/** $1: the id after which to begin; $2: limit. */
export const selectDocumentIds = sql<{ readonly id: string }>(
  `select repository_id as id from search_document where repository_id > $1 order by repository_id limit $2`,
);
