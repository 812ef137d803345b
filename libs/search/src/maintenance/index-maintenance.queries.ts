import { sql, withSamples } from '@central-index/platform/database';

interface IndexSize {
  readonly index: string;
  /** In bytes. */
  readonly size: number;
}

/**
 * Indexes of the tables $1 that have at least $2 bytes and are more than $3 times as large as their rows require. An index
 * tuple has 8 bytes before its columns and 4 that point to it; a text is followed by up to 7 bytes of alignment; pages of
 * a new index are filled to 90 %.
 */
export const selectBloatedIndexes = sql<IndexSize>(
  `select index, size from (
     select class.relname as index, pg_relation_size(class.oid)::float8 as size,
       max(class.reltuples) * (12 + ceil(sum(width) / 8) * 8) / 0.9 as needed
     from pg_index join pg_class class on class.oid = indexrelid
     join pg_class owner on owner.oid = indrelid and owner.relname = any($1::text[])
     join pg_namespace space on space.oid = owner.relnamespace and space.nspname = current_schema()
     join pg_attribute as part on part.attrelid = indrelid and part.attnum = any(indkey)
     join pg_stats as stats on stats.schemaname = nspname and tablename = owner.relname
       and stats.attname = part.attname
     cross join lateral (select avg_width + case when attlen < 0 then 4 else 0 end as width) as padded
     where indisvalid and class.reltuples > 0
     group by class.oid) as sized
   where size >= $2 and size > $3 * needed order by index`,
);

/** $1: name of the index. */
export const selectIndexSize = sql<{ readonly size: number }>(
  'select pg_relation_size(quote_ident($1)::regclass)::float8 as size',
);

/** Invalid indexes that an interrupted reindexing of the tables $1 has left. */
export const selectLeftIndexes = sql<{ readonly index: string }>(
  `select class.relname as index from pg_index join pg_class class on class.oid = indexrelid
   join pg_class owner on owner.oid = indrelid
   where not indisvalid and owner.relname = any($1::text[]) and class.relname ~ '_cc(new|old)[0-9]*$'
     and owner.relnamespace = current_schema()::regnamespace`,
);

/** Rebuilds an index; searches and changes continue meanwhile. */
export const rebuildIndex = withSamples(
  (index: string) => sql(`reindex index concurrently "${index}"`),
  ['search_posting_pkey'],
);

/** Drops an index without blocking searches and changes. */
export const dropIndex = withSamples(
  (index: string) => sql(`drop index concurrently if exists "${index}"`),
  ['search_posting_pkey_ccnew'],
);
