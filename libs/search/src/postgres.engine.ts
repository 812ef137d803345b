import { Injectable } from '@nestjs/common';
import { Database } from '@central-index/platform/database';
import { CandidateStatements, commonness, type Statement } from './postgres-candidates';
import { wordTerms } from './postgres-lists';
import { PostgresSpelling } from './postgres-spelling';
import { placeOf, termsOf } from './postgres-terms';
import type { SearchDocument } from './search-document';
import { SearchEngine, type Candidates, type CandidatesWanted, type SimilarName } from './search-engine';

type Row = Omit<SearchDocument, 'pulls' | 'version'> & { pulls: string; version: string };

/** Search documents in the product's own database: public and private ones, found from the commit on. */
@Injectable()
export class PostgresEngine extends SearchEngine {
  private readonly spelling: PostgresSpelling;

  constructor(private readonly database: Database) {
    super();
    this.spelling = new PostgresSpelling(database);
  }

  async candidates(wanted: CandidatesWanted): Promise<Candidates> {
    const statements = new CandidateStatements(wanted, await this.rarestFirst(wanted.query.words));
    const rows = await this.answer<Row>(statements.candidates());
    const documents = rows.map((row) => ({ ...row, pulls: Number(row.pulls), version: Number(row.version) }));
    if (rows.length < wanted.limit || wanted.uncounted) return { documents, total: rows.length };
    const [counted] = await this.answer<{ total: number }>(statements.count());
    return { documents, total: counted?.total ?? 0 };
  }

  override similar(text: string): Promise<readonly SimilarName[]> {
    return this.spelling.similar(text);
  }

  async put(documents: readonly SearchDocument[]): Promise<void> {
    if (documents.length === 0) return;
    // Ordered by id, so that two batches never wait for each other's rows crosswise. Postings follow by trigger.
    await this.database.rows(
      `insert into search_document (repository_id, place, namespace, name, official, automated, private, description,
         stars, pulls, terms, updated_at, version)
       select id, place, namespace, name, official, automated, private, description,
         stars, pulls, terms, "updatedAt", version
       from json_to_recordset($1::json) as document(id bigint, place bigint, namespace text, name text,
         official boolean, automated boolean, private boolean, description text, stars integer, pulls bigint,
         terms bigint[], "updatedAt" timestamptz, version bigint)
       order by id
       on conflict (repository_id) do update set
         place = excluded.place, namespace = excluded.namespace, name = excluded.name, official = excluded.official,
         automated = excluded.automated, private = excluded.private, description = excluded.description,
         stars = excluded.stars, pulls = excluded.pulls, terms = excluded.terms, updated_at = excluded.updated_at,
         version = excluded.version
       where search_document.version <= excluded.version and search_document is distinct from excluded`,
      [JSON.stringify(documents.map((one) => ({ ...one, place: placeOf(one), terms: termsOf(one) })))],
    );
    await this.spelling.learn(documents);
  }

  async remove(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await this.database.rows(
      `delete from search_document where repository_id in (
         select repository_id from search_document where repository_id = any($1::bigint[])
         order by repository_id for update)`,
      [ids],
    );
  }

  async ids(after: string, limit: number): Promise<string[]> {
    const rows = await this.database.rows<{ id: string }>(
      `select repository_id as id from search_document where repository_id > $1 order by repository_id limit $2`,
      [after, limit],
    );
    return rows.map(({ id }) => id);
  }

  private async rarestFirst(words: readonly string[]): Promise<readonly string[]> {
    if (words.length < 2) return words;
    const sizes = await this.answer<{ number: number; found: number }>(
      commonness(words.map((word) => wordTerms(word))),
    );
    return sizes.sort((a, b) => a.found - b.found || a.number - b.number).map(({ number }) => words[number]!);
  }

  private answer<T>({ sql, values }: Statement): Promise<T[]> {
    return this.database.prepared<T>(sql, values);
  }
}
