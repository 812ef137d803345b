import { Injectable } from '@nestjs/common';
import { Database, sql } from '@central-index/platform/database';

/** What packing an index came to, in bytes. */
export interface ReindexedIndex {
  readonly index: string;
  readonly before: number;
  readonly after: number;
}

// Rows come in no order of the lists, so pages of their indexes split until they are three quarters full or less.
const tables = ['search_posting', 'search_document'];
// As much larger than need be an index may grow; a new one starts at 1.
const maxBloatRatio = 1.2;
// Below this nobody would notice the difference, in bytes.
const minIndexBytes = 16_000_000;

interface Sized {
  readonly index: string;
  readonly size: number;
}

/** Keeps the indexes of the lists as small as their rows allow. */
@Injectable()
export class IndexMaintenance {
  constructor(private readonly database: Database) {}

  /**
   * Builds those of at least so many bytes anew that have become loose. Search and changes go on; broken off, it is done
   * the next time.
   */
  async reindex(atLeast = minIndexBytes): Promise<ReindexedIndex[]> {
    const packed: ReindexedIndex[] = [];
    await this.clear();
    for (const { index, size } of await this.bloated(atLeast)) {
      await this.database.runMaintenance(sql(`reindex index concurrently "${index}"`));
      packed.push({ index, before: size, after: await this.sizeOf(index) });
    }
    return packed;
  }

  // An index tuple has 8 bytes before its columns and 4 that point to it; a text is followed by up to 7 that align what
  // comes next; pages of a new index are filled to 90 %.
  private bloated(atLeast: number): Promise<Sized[]> {
    return this.database.rows<Sized>(
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
      [tables, atLeast, maxBloatRatio],
    );
  }

  private async sizeOf(index: string): Promise<number> {
    const [row] = await this.database.rows<{ size: number }>(
      'select pg_relation_size(quote_ident($1)::regclass)::float8 as size',
      [index],
    );
    return row!.size;
  }

  // What a packing that was killed leaves behind costs every change, and is used by no search.
  private async clear(): Promise<void> {
    const left = await this.database.rows<{ index: string }>(
      `select class.relname as index from pg_index join pg_class class on class.oid = indexrelid
       join pg_class owner on owner.oid = indrelid
       where not indisvalid and owner.relname = any($1::text[]) and class.relname ~ '_cc(new|old)[0-9]*$'
         and owner.relnamespace = current_schema()::regnamespace`,
      [tables],
    );
    for (const { index } of left) {
      await this.database.runMaintenance(sql(`drop index concurrently if exists "${index}"`));
    }
  }
}
