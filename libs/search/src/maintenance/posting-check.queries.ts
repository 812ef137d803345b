import { sql } from '@central-index/platform/database';
import type { SearchDocument } from '../engine/search-document';
import { documentColumns } from '../postgres/storage/document-columns';
import { idSql } from '../postgres/storage/terms';

/** The key of a posting. */
export interface PostingKey {
  readonly term: string;
  readonly rankKey: string;
}

/** The last document of the slice that begins after the id $1; no row if the slice is the last one. $2: its size - 1. */
export const selectDocumentSliceEnd = sql<{ readonly id: string }>(
  'select repository_id as id from search_document where repository_id > $1 order by repository_id offset $2 limit 1',
);

/**
 * Postings that the public documents after the id $1 and up to $2 should have and do not have. Each is looked up by its
 * key: the planner would otherwise read all postings.
 */
export const selectMissingPostings = sql<PostingKey>(
  `select listed.term, listed.rank_key as "rankKey"
   from (select unnest(terms) as term, rank_key from search_document
         where not private and repository_id > $1 and repository_id <= $2 offset 0) as listed
   left join lateral (select true as had from search_posting as held
     where held.term = listed.term and held.rank_key = listed.rank_key limit 1) as held on true
   where had is null`,
);

/** How many postings are stored, and how many the public documents should have. */
export const countPostings = sql<{ readonly stored: number; readonly expected: number }>(
  `select (select count(*) from search_posting)::float8 as stored,
     (select coalesce(sum(cardinality(terms)) filter (where not private), 0) from search_document)::float8 as expected`,
);

/** The last posting of the slice that begins after the key $1, $2; no row if the slice is the last one. $3: its size - 1. */
export const selectPostingSliceEnd = sql<PostingKey>(
  `select term, rank_key as "rankKey" from search_posting
   where (term, rank_key) > ($1::bigint, $2::bigint) order by term, rank_key offset $3 limit 1`,
);

/** Postings after the key $1, $2 and up to $3, $4 that no public document should have. */
export const selectOrphanedPostings = sql<PostingKey>(
  `select posting.term, posting.rank_key as "rankKey" from search_posting as posting
   left join lateral (select true as had from search_document as document
     where document.repository_id = ${idSql('posting.rank_key')} and document.rank_key = posting.rank_key
       and not document.private and posting.term = any(document.terms) limit 1) as listing on true
   where (posting.term, posting.rank_key) > ($1::bigint, $2::bigint)
     and (posting.term, posting.rank_key) <= ($3::bigint, $4::bigint) and had is null`,
);

/** Locks documents by their rank keys ($1), in the order of ids, in which writers lock them too. */
export const lockDocuments = sql(
  `select from search_document where repository_id in
     (select ${idSql('rank_key')} from unnest($1::bigint[]) as rank_key)
   order by repository_id for update`,
);

/** Deletes those of the postings ($1: terms; $2: rank keys) that are still orphaned. */
export const deleteOrphanedPostings = sql(
  `delete from search_posting as posting using unnest($1::bigint[], $2::bigint[]) as orphaned(term, rank_key)
   where posting.term = orphaned.term and posting.rank_key = orphaned.rank_key and not exists (
     select from search_document as document where document.repository_id = ${idSql('orphaned.rank_key')}
       and document.rank_key = orphaned.rank_key and not private and orphaned.term = any(terms))`,
);

/** Inserts those of the postings ($1: terms; $2: rank keys) that are still missing. */
export const insertMissingPostings = sql(
  `insert into search_posting select missing.term, missing.rank_key
   from unnest($1::bigint[], $2::bigint[]) as missing(term, rank_key)
   join search_document as document on document.repository_id = ${idSql('missing.rank_key')}
     and document.rank_key = missing.rank_key and not private and missing.term = any(terms)
   on conflict do nothing`,
);

/** Documents after the id $1 with at least the popularity of the rank key $2, $3 at most. */
export const selectPopularDocuments = sql<SearchDocument>(
  `select ${documentColumns} from search_document document
   where repository_id > $1 and rank_key <= $2 order by repository_id limit $3`,
);
