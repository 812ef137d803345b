import { Injectable } from '@nestjs/common';
import { Database } from '@central-index/platform/database';
import { setTimeout as pause } from 'node:timers/promises';
import type { EntityManager } from 'typeorm';
import { documentColumns } from '../postgres/storage/document-columns';
import { leastRenown, PostgresSpelling } from '../postgres/storage/spelling-dictionary';
import { idSql, lastPlaceOf } from '../postgres/storage/terms';
import type { SearchDocument } from '../engine/search-document';

/** How much of what the PostgreSQL engine looks things up in is not as its documents are. */
export interface ListDifference {
  /** Places in lists of words that documents should have and have not. */
  readonly missing: number;
  /** Places in lists of words that are no document's. */
  readonly stray: number;
  /** Popular names that no misspelling finds. */
  readonly misspelt: number;
}

interface Postings {
  readonly terms: string[];
  readonly places: string[];
}

const batchSize = 5_000;

// Each is looked up: the planner would rather read all postings.
const missingSql = `
  select listed.term, listed.place
  from (select unnest(terms) as term, place from search_document
        where not private and repository_id > $1 and repository_id <= $2 offset 0) as listed
  left join lateral (select true as had from search_posting as held
    where held.term = listed.term and held.place = listed.place limit 1) as held on true
  where had is null`;

const straySql = `
  select posting.term, posting.place from search_posting as posting
  left join lateral (select true as had from search_document as document
    where document.repository_id = ${idSql('posting.place')} and document.place = posting.place
      and not document.private and posting.term = any(document.terms) limit 1) as listing on true
  where had is null`;

/** Compares the lists of words and the dictionary of spelling with the documents that they are made from. */
@Injectable()
export class PostgresListCheck {
  private readonly spelling: PostgresSpelling;

  constructor(private readonly database: Database) {
    this.spelling = new PostgresSpelling(database);
  }

  /**
   * Compares them and, if told to, mends what differs. After each part of the work it rests so many times as long as the
   * part took.
   */
  async run(repair: boolean, rests = 0): Promise<ListDifference> {
    const { missing, stray } = await this.postings(rests);
    if (repair) await this.mend(missing, stray);
    const misspelt = await this.names(repair, rests);
    return { missing: missing.terms.length, stray: stray.terms.length, misspelt };
  }

  // In one snapshot a list and its documents always agree, whatever is changed meanwhile. Strays are looked for only
  // where the numbers tell of some: that reads all postings, of which there are twenty a document.
  private postings(rests: number): Promise<{ missing: Postings; stray: Postings }> {
    return this.database.transaction(async (manager) => {
      await manager.query('set transaction isolation level repeatable read, read only');
      const found: Postings[] = [];
      const [row] = await this.database.rows<{ held: number; listed: number; last: string }>(
        `select (select count(*) from search_posting)::float8 as held,
           (select coalesce(sum(cardinality(terms)) filter (where not private), 0) from search_document)::float8 as listed,
           (select coalesce(max(repository_id), 0) from search_document) as last`,
        [],
        manager,
      );
      const { held, listed, last } = row!;
      for (let after = 0; after < Number(last); after += batchSize) {
        const begun = performance.now();
        found.push(await this.read(manager, missingSql, [after, after + batchSize]));
        await pause(rests * (performance.now() - begun));
      }
      const missing = {
        terms: found.flatMap(({ terms }) => terms),
        places: found.flatMap(({ places }) => places),
      };
      const isClean = held === listed - missing.terms.length;
      const stray = isClean ? { terms: [], places: [] } : await this.read(manager, straySql, []);
      return { missing, stray };
    });
  }

  private async read(manager: EntityManager, sql: string, values: unknown[]): Promise<Postings> {
    const rows = await this.database.rows<{ term: string; place: string }>(sql, values, manager);
    return { terms: rows.map(({ term }) => term), places: rows.map(({ place }) => place) };
  }

  // With the documents locked, so that nobody changes one between reading its terms and writing its postings.
  private async mend(missing: Postings, stray: Postings): Promise<void> {
    const places = [...missing.places, ...stray.places];
    if (places.length === 0) return;
    await this.database.transaction(async (manager) => {
      await manager.query(
        `select from search_document where repository_id in
           (select ${idSql('place')} from unnest($1::bigint[]) as place)
         order by repository_id for update`,
        [places],
      );
      await manager.query(
        `delete from search_posting as posting using unnest($1::bigint[], $2::bigint[]) as stray(term, place)
         where posting.term = stray.term and posting.place = stray.place and not exists (
           select from search_document as document where document.repository_id = ${idSql('stray.place')}
             and document.place = stray.place and not private and stray.term = any(terms))`,
        [stray.terms, stray.places],
      );
      await manager.query(
        `insert into search_posting select missing.term, missing.place
         from unnest($1::bigint[], $2::bigint[]) as missing(term, place)
         join search_document as document on document.repository_id = ${idSql('missing.place')}
           and document.place = missing.place and not private and missing.term = any(terms)
         on conflict do nothing`,
        [missing.terms, missing.places],
      );
    });
  }

  private async names(repair: boolean, rests: number): Promise<number> {
    let unknown = 0;
    for (let after: string | undefined = '0'; after !== undefined;) {
      const begun = performance.now();
      const documents: SearchDocument[] = await this.database.rows<SearchDocument>(
        `select ${documentColumns} from search_document document
         where repository_id > $1 and place <= $2 order by repository_id limit ${batchSize}`,
        [after, lastPlaceOf(leastRenown)],
      );
      unknown += await this.spelling.check(documents, repair);
      after = documents.length < batchSize ? undefined : documents.at(-1)!.id;
      await pause(rests * (performance.now() - begun));
    }
    return unknown;
  }
}
