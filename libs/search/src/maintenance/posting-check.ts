import { Injectable } from '@nestjs/common';
import { Database } from '@central-index/platform/database';
import { setTimeout as pause } from 'node:timers/promises';
import type { EntityManager } from 'typeorm';
import { documentColumns } from '../postgres/storage/document-columns';
import { minProminence, PostgresSpelling } from '../postgres/storage/spelling-dictionary';
import { idSql, lastRankKeyOf } from '../postgres/storage/terms';
import type { SearchDocument } from '../engine/search-document';

/** How much of what the PostgreSQL engine looks things up in is not as its documents are. */
export interface PostingDifference {
  /** Places in lists of words that documents should have and have not. */
  readonly missing: number;
  /** Places in lists of words that are no document's. */
  readonly orphaned: number;
  /** Popular names that no misspelling finds. */
  readonly misspelt: number;
}

interface Postings {
  readonly terms: string[];
  readonly rankKeys: string[];
}

const batchSize = 5_000;

// Each is looked up: the planner would rather read all postings.
const missingSql = `
  select listed.term, listed.rank_key as "rankKey"
  from (select unnest(terms) as term, rank_key from search_document
        where not private and repository_id > $1 and repository_id <= $2 offset 0) as listed
  left join lateral (select true as had from search_posting as held
    where held.term = listed.term and held.rank_key = listed.rank_key limit 1) as held on true
  where had is null`;

const orphanedSql = `
  select posting.term, posting.rank_key as "rankKey" from search_posting as posting
  left join lateral (select true as had from search_document as document
    where document.repository_id = ${idSql('posting.rank_key')} and document.rank_key = posting.rank_key
      and not document.private and posting.term = any(document.terms) limit 1) as listing on true
  where had is null`;

/** Compares the lists of words and the dictionary of spelling with the documents that they are made from. */
@Injectable()
export class PostingCheck {
  private readonly spelling: PostgresSpelling;

  constructor(private readonly database: Database) {
    this.spelling = new PostgresSpelling(database);
  }

  /**
   * Compares them and, if told to, mends what differs. After each part of the work it rests so many times as long as the
   * part took.
   */
  async run(repair: boolean, rests = 0): Promise<PostingDifference> {
    const { missing, orphaned } = await this.postings(rests);
    if (repair) await this.repair(missing, orphaned);
    const misspelt = await this.names(repair, rests);
    return { missing: missing.terms.length, orphaned: orphaned.terms.length, misspelt };
  }

  // In one snapshot a list and its documents always agree, whatever is changed meanwhile. Strays are looked for only
  // where the numbers tell of some: that reads all postings, of which there are twenty a document.
  private postings(rests: number): Promise<{ missing: Postings; orphaned: Postings }> {
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
        rankKeys: found.flatMap(({ rankKeys }) => rankKeys),
      };
      const isClean = held === listed - missing.terms.length;
      const orphaned = isClean ? { terms: [], rankKeys: [] } : await this.read(manager, orphanedSql, []);
      return { missing, orphaned };
    });
  }

  private async read(manager: EntityManager, sql: string, values: unknown[]): Promise<Postings> {
    const rows = await this.database.rows<{ term: string; rankKey: string }>(sql, values, manager);
    return { terms: rows.map(({ term }) => term), rankKeys: rows.map(({ rankKey }) => rankKey) };
  }

  // With the documents locked, so that nobody changes one between reading its terms and writing its postings.
  private async repair(missing: Postings, orphaned: Postings): Promise<void> {
    const rankKeys = [...missing.rankKeys, ...orphaned.rankKeys];
    if (rankKeys.length === 0) return;
    await this.database.transaction(async (manager) => {
      await manager.query(
        `select from search_document where repository_id in
           (select ${idSql('rank_key')} from unnest($1::bigint[]) as rank_key)
         order by repository_id for update`,
        [rankKeys],
      );
      await manager.query(
        `delete from search_posting as posting using unnest($1::bigint[], $2::bigint[]) as orphaned(term, rank_key)
         where posting.term = orphaned.term and posting.rank_key = orphaned.rank_key and not exists (
           select from search_document as document where document.repository_id = ${idSql('orphaned.rank_key')}
             and document.rank_key = orphaned.rank_key and not private and orphaned.term = any(terms))`,
        [orphaned.terms, orphaned.rankKeys],
      );
      await manager.query(
        `insert into search_posting select missing.term, missing.rank_key
         from unnest($1::bigint[], $2::bigint[]) as missing(term, rank_key)
         join search_document as document on document.repository_id = ${idSql('missing.rank_key')}
           and document.rank_key = missing.rank_key and not private and missing.term = any(terms)
         on conflict do nothing`,
        [missing.terms, missing.rankKeys],
      );
    });
  }

  private async names(repair: boolean, rests: number): Promise<number> {
    let unknown = 0;
    for (let after: string | undefined = '0'; after !== undefined;) {
      const begun = performance.now();
      const documents: SearchDocument[] = await this.database.rows<SearchDocument>(
        `select ${documentColumns} from search_document document
         where repository_id > $1 and rank_key <= $2 order by repository_id limit ${batchSize}`,
        [after, lastRankKeyOf(minProminence)],
      );
      unknown += await this.spelling.check(documents, repair);
      after = documents.length < batchSize ? undefined : documents.at(-1)!.id;
      await pause(rests * (performance.now() - begun));
    }
    return unknown;
  }
}
