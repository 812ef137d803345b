import { Injectable } from '@nestjs/common';
import { Database } from '@central-index/platform/database';
import type { EntityManager } from 'typeorm';
import { CandidateStatements, listedBeginning } from './postgres-candidates';
import type { SearchDocument } from './search-document';
import { SearchEngine, type Candidates, type CandidatesWanted } from './search-engine';
import { wordsOf, wordsOfDescription } from './words';

type Row = Omit<SearchDocument, 'pulls' | 'version'> & { way: number; pulls: string; version: string };

/** Search documents in the product's own database: public and private ones, found from the commit on. */
@Injectable()
export class PostgresEngine extends SearchEngine {
  constructor(private readonly database: Database) {
    super();
  }

  async candidates(wanted: CandidatesWanted): Promise<Candidates> {
    const statements = new CandidateStatements(wanted);
    const { sql, values } = statements.candidates();
    const rows = await this.database.rows<Row>(sql, values);
    const documents = new Map<string, SearchDocument>();
    for (const { way: _way, pulls, version, ...row } of rows) {
      documents.set(row.id, { ...row, pulls: Number(pulls), version: Number(version) });
    }
    const cutShort = statements.isCutShort(rows.map(({ way }) => way));
    const total = cutShort ? await this.count(statements) : documents.size;
    return { documents: [...documents.values()], total };
  }

  async put(documents: readonly SearchDocument[]): Promise<void> {
    if (documents.length === 0) return;
    await this.database.transaction(async (manager) => {
      const written = await this.write(documents, manager);
      await this.post(written, manager);
    });
  }

  // Ordered by id, so that two batches at once never wait for each other's rows crosswise.
  private async write(documents: readonly SearchDocument[], manager: EntityManager): Promise<string[]> {
    const rows = await this.database.rows<{ id: string }>(
      `insert into search_document (repository_id, namespace, name, official, automated, private, description, stars,
         pulls, popularity, name_words, words, updated_at, version)
       select id, namespace, name, official, automated, private, description, stars,
         pulls, popularity, name_words, words, updated_at, version
       from jsonb_to_recordset($1::jsonb) as document(id bigint, namespace text, name text, official boolean,
         automated boolean, private boolean, description text, stars integer, pulls bigint,
         popularity double precision, name_words text[], words text[], updated_at timestamptz, version bigint)
       order by id
       on conflict (repository_id) do update set
         namespace = excluded.namespace, name = excluded.name, official = excluded.official,
         automated = excluded.automated, private = excluded.private, description = excluded.description,
         stars = excluded.stars, pulls = excluded.pulls, popularity = excluded.popularity,
         name_words = excluded.name_words, words = excluded.words, updated_at = excluded.updated_at,
         version = excluded.version
       where search_document.version <= excluded.version
       returning repository_id as id`,
      [JSON.stringify(documents.map(stored))],
      manager,
    );
    return rows.map(({ id }) => id);
  }

  private async post(ids: readonly string[], manager: EntityManager): Promise<void> {
    await this.database.rows(
      'delete from search_posting where repository_id = any($1::bigint[])',
      [ids],
      manager,
    );
    await this.database.rows(
      `insert into search_posting (repository_id, field, word, weight)
       select repository_id, 'name', word, popularity
       from search_document, unnest(name_words) as word where repository_id = any($1::bigint[])
       union all
       select repository_id, case when official then 'official' else 'description' end, word, popularity
       from search_document, unnest(words) as word
       where repository_id = any($1::bigint[]) and not word = any(name_words)
       union all
       select repository_id, 'beginning', left(name, length), popularity
       from search_document, generate_series(1, least(length(name), $2::int)) as length
       where repository_id = any($1::bigint[])`,
      [ids, listedBeginning],
      manager,
    );
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

  private async count(statements: CandidateStatements): Promise<number> {
    const { sql, values } = statements.count();
    const [row] = await this.database.rows<{ total: number }>(sql, values);
    return row?.total ?? 0;
  }
}

function stored(document: SearchDocument): Record<string, unknown> {
  const { updatedAt, ...rest } = document;
  const nameWords = new Set(wordsOf(document.name));
  // `library` is how an official name is stored, not a word that anybody looks for.
  if (!document.official) for (const word of wordsOf(document.namespace)) nameWords.add(word);
  const words = new Set([...nameWords, ...wordsOfDescription(document.description)]);
  return { ...rest, updated_at: updatedAt, name_words: [...nameWords], words: [...words] };
}
