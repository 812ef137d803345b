import { Injectable } from '@nestjs/common';
import { Database, toStorableJson } from '@central-index/platform/database';
import { deleteDocuments, selectDocumentIds, upsertDocuments } from './postgres.engine.queries';
import { candidatesStatement, filterCountsStatement } from './retrieval/candidates';
import { maxCountedDepth } from './retrieval/conjunction';
import { DocumentFrequencies } from './retrieval/document-frequencies';
import { toFilterCounts } from './retrieval/filter-counts';
import { FullTotals } from './retrieval/full-totals';
import { toDocuments } from './retrieval/result';
import { likeliest, PostgresSpelling } from './storage/spelling-dictionary';
import { rankKeyOf, termsOf } from './storage/terms';
import type { SearchDocument } from '../engine/search-document';
import {
  countedWindow,
  resultWindow,
  SearchEngine,
  type Candidates,
  type CandidateRequest,
  type CountRequest,
  type FilterCounts,
  type SearchFilters,
  type SimilarName,
} from '../engine/search-engine';

// Limits are a part of the text of a statement, so there are few.
const limits = [10, 25, 100, resultWindow] as const;

// Older servers use an array beside another one as a filter: two seconds for `docker registry` in a million documents.
const minVersionToProbeArrays = 17;

/** Search documents in the product's own database, public and private ones; they are found once they are committed. */
@Injectable()
export class PostgresEngine extends SearchEngine {
  private readonly documentFrequencies: DocumentFrequencies;
  private readonly spelling: PostgresSpelling;
  private readonly fullTotals = new FullTotals();

  constructor(private readonly database: Database) {
    super();
    this.documentFrequencies = new DocumentFrequencies(database);
    this.spelling = new PostgresSpelling(database);
  }

  async candidates(request: CandidateRequest): Promise<Candidates> {
    const { words, rarest } = await this.documentFrequencies.rarestFirst(request.query.words);
    const limit = limits.find((step) => step >= request.limit) ?? request.limit;
    const filters = withNamespace(request.filters);
    const knownTotal = this.fullTotals.find(request);
    const { query, values } = candidatesStatement({
      request: { ...request, limit, filters, skipCount: request.skipCount ?? knownTotal !== undefined },
      words,
      probesArrays: await this.probesArrays(words),
    });
    const row = (await this.database.queryOne(query, values))!;
    const documents = toDocuments(row);
    const counted = row.total ?? documents.length;
    this.fullTotals.learn(request, counted);
    return {
      documents,
      total: knownTotal ?? Math.min(counted, resultWindow),
      ...(isPartial(rarest, filters) ? { isPartial: true } : {}),
      ...(row.similarNames ? { similar: likeliest(request.query.text, row.similarNames) } : {}),
    };
  }

  async counts(request: CountRequest): Promise<FilterCounts> {
    const { words, rarest } = await this.documentFrequencies.rarestFirst(request.query.words);
    const filters = withNamespace(request.filters);
    const probesArrays = await this.probesArrays(words);
    const counted = { ...request, filters, order: 'relevance' as const, limit: countedWindow };
    const input = { request: counted, words, probesArrays };
    const { query, values } = filterCountsStatement(input);
    const row = (await this.database.queryOne(query, values))!;
    return toFilterCounts(row, isPartial(rarest, filters));
  }

  override similar(text: string): Promise<readonly SimilarName[]> {
    return this.spelling.similar(text);
  }

  async put(documents: readonly SearchDocument[]): Promise<void> {
    if (documents.length === 0) return;
    const rows = documents.map((one) => ({ ...one, rank_key: rankKeyOf(one), terms: termsOf(one) }));
    await this.database.execute(upsertDocuments, [toStorableJson(rows)]);
    await this.spelling.learn(documents);
  }

  async remove(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await this.database.execute(deleteDocuments, [ids]);
  }

  async ids(after: string, limit: number): Promise<string[]> {
    const rows = await this.database.query(selectDocumentIds, [after, limit]);
    return rows.map(({ id }) => id);
  }

  // The version matters for several words only, and most searches have one.
  private async probesArrays(words: readonly string[]): Promise<boolean> {
    return words.length > 1 && (await this.database.majorVersion()) >= minVersionToProbeArrays;
  }
}

// Everything official is in `library`, which is small: to read it one by one takes a thousandth of the time of reading all
// names that begin with `docker`.
function withNamespace(filters: SearchFilters): SearchFilters {
  return filters.official === true ? { ...filters, namespace: filters.namespace ?? 'library' } : filters;
}

// The list of a word is read up to a depth; in one namespace, documents are read one by one.
const isPartial = (rarest: number, { namespace }: SearchFilters): boolean =>
  rarest >= maxCountedDepth && namespace === undefined;
