import { Injectable } from '@nestjs/common';
import { Database } from '@central-index/platform/database';
import { candidatesStatement } from './retrieval/candidates';
import { foundDocuments, type FoundRow } from './retrieval/result';
import { likeliest, PostgresSpelling } from './storage/spelling-dictionary';
import { rankKeyOf, termsOf } from './storage/terms';
import { DocumentFrequencies } from './retrieval/document-frequencies';
import type { SearchDocument } from '../engine/search-document';
import {
  resultWindow,
  SearchEngine,
  type Candidates,
  type CandidateRequest,
  type SearchFilters,
  type SimilarName,
} from '../engine/search-engine';

// Limits are part of the text of a statement, so there are few.
const limits = [10, 25, 100, resultWindow] as const;

// Older ones take an array beside another one for a filter: two seconds for `docker registry` among a million.
const lookingUpArrays = 17;

/** Search documents in the product's own database: public and private ones, found from the commit on. */
@Injectable()
export class PostgresEngine extends SearchEngine {
  private readonly documentFrequencies: DocumentFrequencies;
  private readonly spelling: PostgresSpelling;

  constructor(private readonly database: Database) {
    super();
    this.documentFrequencies = new DocumentFrequencies(database);
    this.spelling = new PostgresSpelling(database);
  }

  async candidates(wanted: CandidateRequest): Promise<Candidates> {
    const words = await this.documentFrequencies.rarestFirst(wanted.query.words);
    const limit = limits.find((step) => step >= wanted.limit) ?? wanted.limit;
    const { sql, values, isCommon } = candidatesStatement({
      wanted: { ...wanted, limit, filters: withNamespace(wanted.filters) },
      words,
      looksUpArrays: await this.looksUpArrays(words),
    });
    const [found] = isCommon
      ? await this.database.prepared<FoundRow>(sql, values)
      : await this.database.rows<FoundRow>(sql, values);
    const { total, near } = found!;
    const documents = foundDocuments(found!);
    return {
      documents,
      total: total ?? documents.length,
      ...(near ? { similar: likeliest(wanted.query.text, near) } : {}),
    };
  }

  // Asked for where it matters only: most searches are of one word.
  private async looksUpArrays(words: readonly string[]): Promise<boolean> {
    return words.length > 1 && (await this.database.majorVersion()) >= lookingUpArrays;
  }

  override similar(text: string): Promise<readonly SimilarName[]> {
    return this.spelling.similar(text);
  }

  async put(documents: readonly SearchDocument[]): Promise<void> {
    if (documents.length === 0) return;
    // Ordered by id, so that two batches never wait for each other's rows crosswise. Postings follow by trigger.
    await this.database.prepared(
      `insert into search_document (repository_id, rank_key, namespace, name, official, automated, private, description,
         stars, pulls, terms, updated_at, version)
       select id, rank_key, namespace, name, official, automated, private, description,
         stars, pulls, terms, "updatedAt", version
       from json_to_recordset($1::json) as document(id bigint, rank_key bigint, namespace text, name text,
         official boolean, automated boolean, private boolean, description text, stars integer, pulls bigint,
         terms bigint[], "updatedAt" timestamptz, version bigint)
       order by id
       on conflict (repository_id) do update set
         rank_key = excluded.rank_key, namespace = excluded.namespace, name = excluded.name, official = excluded.official,
         automated = excluded.automated, private = excluded.private, description = excluded.description,
         stars = excluded.stars, pulls = excluded.pulls, terms = excluded.terms, updated_at = excluded.updated_at,
         version = excluded.version
       where search_document.version <= excluded.version and search_document is distinct from excluded`,
      [JSON.stringify(documents.map((one) => ({ ...one, rank_key: rankKeyOf(one), terms: termsOf(one) })))],
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
}

// All that is official is in `library`, and little: to read it one by one takes a thousandth of the time that it takes to
// look for it among all names that begin with `docker`.
function withNamespace(filters: SearchFilters): SearchFilters {
  return filters.official === true ? { ...filters, namespace: filters.namespace ?? 'library' } : filters;
}
