import { matchesPattern } from '@central-index/naming';
import type { Database } from '@central-index/platform/database';
import type { Logger } from '@central-index/platform/logging';
import { matches } from '../ranking/query-matcher';
import { liveIndex } from './document';
import { MeilisearchFailure } from './failure';
import type { MeilisearchConnection } from './connection';
import { MeilisearchRetrieval } from './retrieval';
import type { PostgresEngine } from '../postgres/postgres.engine';
import { score } from '../ranking/scorer';
import type { SearchDocument } from '../engine/search-document';
import {
  SearchEngine,
  type Candidates,
  type CandidateRequest,
  type SimilarName,
  type Viewer,
} from '../engine/search-engine';
import { DocumentLoader } from './document-loader';
import { PendingDocuments, type PendingSet } from './pending-documents';

// A search has a second; the PostgreSQL engine needs its part of it when this one does not answer.
const searchTimeout = 500;

/** So long Meilisearch is left alone after a failure, in milliseconds, before one search tries it again. */
const retryAfterFailureMs = 2_000;

/**
 * Searches a Meilisearch that holds a copy of the public documents. The PostgreSQL engine keeps them all and is the
 * truth: what Meilisearch has not confirmed yet and what is private come from there, and so does the whole answer
 * whenever Meilisearch fails, is far behind, lacks the mark of the index that was filled, or is asked for another order
 * than relevance, or for the few names that complete or correct one, which PostgreSQL has in a fraction of the time.
 */
export class MeilisearchEngine extends SearchEngine {
  private readonly unconfirmed: PendingDocuments;
  private readonly shown: DocumentLoader;
  private restUntil = 0;
  private failure: MeilisearchFailure | undefined;

  constructor(
    private readonly postgres: PostgresEngine,
    private readonly connection: MeilisearchConnection,
    database: Database,
    private readonly logger: Logger,
  ) {
    super();
    this.unconfirmed = new PendingDocuments(database);
    this.shown = new DocumentLoader(database);
  }

  /** Why PostgreSQL answers at the moment; undefined when Meilisearch does. */
  get failing(): MeilisearchFailure | undefined {
    return this.failure;
  }

  async candidates(wanted: CandidateRequest): Promise<Candidates> {
    const isResting = performance.now() < this.restUntil;
    if (wanted.skipCount === true || wanted.order !== 'relevance' || isResting) {
      return this.postgres.candidates(wanted);
    }
    const [unconfirmed, own] = await Promise.all([
      this.unconfirmed.read(),
      this.unconfirmed.privateOf(wanted.viewer),
    ]);
    const generation = unconfirmed?.generation;
    if (!generation || own === undefined) return this.postgres.candidates(wanted);
    let found: Candidates;
    try {
      found = await this.retrieve(wanted, { ...unconfirmed, generation }, own);
    } catch (error) {
      this.failed(error);
      return this.postgres.candidates(wanted);
    }
    this.recovered();
    return found;
  }

  private async retrieve(
    wanted: CandidateRequest,
    { generation, ids, documents }: PendingSet & { generation: string },
    own: readonly SearchDocument[],
  ): Promise<Candidates> {
    const deadline = performance.now() + searchTimeout;
    const client = await inTime(this.connection.client(), searchTimeout);
    const { query } = wanted;
    const others = new Map<string, SearchDocument>();
    for (const document of [...documents, ...own]) {
      if (matches(query, document) && isAllowed(wanted, document)) others.set(document.id, document);
    }
    const scores = [...others.values()].map((document) => score(query, document));
    const retrieval = new MeilisearchRetrieval(
      wanted,
      { unconfirmed: new Set(ids), scores },
      generation,
      (queries) => client.search(liveIndex, queries, left(deadline)),
    );
    const { hits, total } = await retrieval.run();
    const shown = await this.shown.read(
      hits.map(({ id }) => id),
      query.paths,
    );
    const found = new Map(shown.filter((one) => isAllowed(wanted, one)).map((one) => [one.id, one]));
    const gone = hits.filter(({ id }) => !found.has(id)).length;
    for (const [id, document] of others) found.set(id, document);
    return { documents: [...found.values()], total: Math.max(total - gone + others.size, found.size) };
  }

  /** The dictionary is in PostgreSQL; it knows what this engine's own forgiveness does not reach. */
  override similar(text: string): Promise<readonly SimilarName[]> {
    return this.postgres.similar(text);
  }

  async put(documents: readonly SearchDocument[]): Promise<void> {
    await this.postgres.put(documents);
    this.forget();
  }

  async remove(ids: readonly string[]): Promise<void> {
    await this.postgres.remove(ids);
    this.forget();
  }

  /** Makes the next search see what was written or confirmed at this very moment, instead of a tenth of a second ago. */
  forget(): void {
    this.unconfirmed.invalidate();
  }

  ids(after: string, limit: number): Promise<string[]> {
    return this.postgres.ids(after, limit);
  }

  private failed(error: unknown): void {
    if (!(error instanceof MeilisearchFailure)) throw error;
    this.connection.invalidate();
    this.restUntil = performance.now() + retryAfterFailureMs;
    if (this.failure?.kind !== error.kind) {
      this.logger.warn({ reason: error.kind }, `searching in PostgreSQL: ${error.message}`);
    }
    this.failure = error;
  }

  private recovered(): void {
    if (this.failure) this.logger.info('searching in Meilisearch again');
    this.failure = undefined;
  }
}

function left(deadline: number): number {
  return Math.max(1, Math.ceil(deadline - performance.now()));
}

function inTime<T>(promise: Promise<T>, milliseconds: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new MeilisearchFailure('timeout')), milliseconds);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

function maySee({ namespaces, patterns }: Viewer, { namespace, name }: SearchDocument): boolean {
  const isCovered = patterns?.some((pattern) => matchesPattern(pattern, `${namespace}/${name}`)) ?? true;
  return namespaces.includes(namespace) && isCovered;
}

function isAllowed({ filters, viewer }: CandidateRequest, document: SearchDocument): boolean {
  return (
    (!document.private || maySee(viewer, document)) &&
    (filters.official ?? document.official) === document.official &&
    (filters.automated ?? document.automated) === document.automated &&
    (filters.namespace ?? document.namespace) === document.namespace &&
    document.stars >= (filters.stars ?? 0)
  );
}
