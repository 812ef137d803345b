import { Inject, Injectable } from '@nestjs/common';
import { matchesPattern } from '@central-index/naming';
import { LOGGER, type Logger } from '@central-index/platform/logging';
import { once } from 'node:events';
import { PostgresEngine } from '../postgres/postgres.engine';
import { matches } from '../ranking/query-matcher';
import { score } from '../ranking/scorer';
import { platformKeys, requiredPlatform } from '../engine/platforms';
import type { SearchDocument } from '../engine/search-document';
import {
  SearchEngine,
  type Candidates,
  type CandidateRequest,
  type CountRequest,
  type FilterCounts,
  type SimilarName,
  type Viewer,
} from '../engine/search-engine';
import { SearchConnection } from './connection';
import { liveIndex } from './document';
import { DocumentLoader } from './document-loader';
import { MeilisearchFailure } from './failure';
import { PendingDocuments, type PendingSet } from './pending-documents';
import { MeilisearchRetrieval } from './retrieval';

// A search may take a second; the rest of it is for PostgreSQL if Meilisearch does not respond.
const searchTimeoutMs = 500;

// After a failure, searches use PostgreSQL for this time before one of them tries Meilisearch again.
const retryAfterFailureMs = 2_000;

interface LocalDocuments {
  /** Generation marker of the index in use. */
  readonly generation: string;
  readonly pending: PendingSet;
  /** Private documents that the viewer may see. */
  readonly own: readonly SearchDocument[];
}

/**
 * Searches the replica in Meilisearch. PostgreSQL holds all documents and has the last word. Private and pending
 * documents are merged from there. It answers alone when Meilisearch fails, when more than 1,000 documents are pending,
 * when the index lacks the expected generation marker, for other orders than relevance and for the empty query. It also answers
 * requests without a count, which complete or correct a name: it finds a few names faster than Meilisearch does.
 */
@Injectable()
export class MeilisearchEngine extends SearchEngine {
  private retryAt = 0;
  private failure: MeilisearchFailure | undefined;

  constructor(
    private readonly postgres: PostgresEngine,
    private readonly connection: SearchConnection,
    private readonly pendingDocuments: PendingDocuments,
    private readonly loader: DocumentLoader,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    super();
  }

  /** Why PostgreSQL answers instead; undefined while Meilisearch answers. */
  get failing(): MeilisearchFailure | undefined {
    return this.failure;
  }

  async candidates(request: CandidateRequest): Promise<Candidates> {
    const local = await this.localDocuments(request);
    if (local === undefined) return this.postgres.candidates(request);
    let candidates: Candidates;
    try {
      candidates = await this.retrieve(request, local, AbortSignal.timeout(searchTimeoutMs));
    } catch (error) {
      if (!(error instanceof MeilisearchFailure)) throw error;
      this.recordFailure(error);
      return this.postgres.candidates(request);
    }
    this.recordSuccess();
    return candidates;
  }

  // Undefined if PostgreSQL is to answer alone.
  private async localDocuments({
    query,
    order,
    skipCount,
    viewer,
  }: CandidateRequest): Promise<LocalDocuments | undefined> {
    const isForPostgres = query.text === '' || skipCount === true || order !== 'relevance';
    if (isForPostgres || performance.now() < this.retryAt) return undefined;
    const [pending, own] = await Promise.all([
      this.pendingDocuments.read(),
      this.pendingDocuments.privateOf(viewer),
    ]);
    if (!pending?.generation || own === undefined) return undefined;
    return { generation: pending.generation, pending, own };
  }

  private async retrieve(
    request: CandidateRequest,
    { generation, pending, own }: LocalDocuments,
    timeout: AbortSignal,
  ): Promise<Candidates> {
    const { query } = request;
    const client = await beforeAbort(this.connection.client(), timeout);
    const isMatch = (document: SearchDocument): boolean =>
      matches(query, document) && isAllowed(request, document);
    const local = byId([...pending.documents, ...own].filter(isMatch));
    const scores = [...local.values()].map((document) => ({
      id: document.id,
      score: score(query, document),
    }));
    const retrieval = new MeilisearchRetrieval(
      request,
      { pending: new Set(pending.ids), scores },
      generation,
      (queries) => client.search(liveIndex, queries, timeout),
    );
    const { hits, total } = await retrieval.run();
    // Pending documents are up to 100 ms old. They are read again with the hits, so that nothing is returned that was
    // deleted or made private before this search began.
    const loaded = await this.loader.load([...hits.map(({ id }) => id), ...local.keys()], query.paths);
    const documents = byId(
      loaded.filter((one) => (local.has(one.id) ? isMatch(one) : isAllowed(request, one))),
    );
    for (const document of own) if (isMatch(document)) documents.set(document.id, document);
    // Deleted, made private or changed since the pending documents or the replica were written.
    const outdated = [...hits.map(({ id }) => id), ...local.keys()].filter((id) => !documents.has(id)).length;
    return {
      documents: [...documents.values()],
      total: Math.max(total + local.size - outdated, documents.size),
    };
  }

  /** PostgreSQL holds all documents, and counts them without sending any. */
  counts(request: CountRequest): Promise<FilterCounts> {
    return this.postgres.counts(request);
  }

  /** The spelling dictionary is in PostgreSQL; typo tolerance is disabled in Meilisearch. */
  override similar(text: string): Promise<readonly SimilarName[]> {
    return this.postgres.similar(text);
  }

  async put(documents: readonly SearchDocument[]): Promise<void> {
    await this.postgres.put(documents);
    this.invalidate();
  }

  async remove(ids: readonly string[]): Promise<void> {
    await this.postgres.remove(ids);
    this.invalidate();
  }

  /** Makes the next search read the pending documents, which are otherwise cached for 100 ms. */
  invalidate(): void {
    this.pendingDocuments.invalidate();
  }

  ids(after: string, limit: number): Promise<string[]> {
    return this.postgres.ids(after, limit);
  }

  private recordFailure(failure: MeilisearchFailure): void {
    this.connection.invalidate();
    this.retryAt = performance.now() + retryAfterFailureMs;
    if (this.failure?.kind !== failure.kind) {
      this.logger.warn({ reason: failure.kind }, `searching in PostgreSQL: ${failure.message}`);
    }
    this.failure = failure;
  }

  private recordSuccess(): void {
    if (this.failure) this.logger.info('searching in Meilisearch again');
    this.failure = undefined;
  }
}

function byId(documents: readonly SearchDocument[]): Map<string, SearchDocument> {
  return new Map(documents.map((document) => [document.id, document]));
}

// The connection is shared, so a search that runs out of time stops waiting and does not cancel it.
function beforeAbort<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = once(signal, 'abort').then(() => {
    throw new MeilisearchFailure('timeout');
  });
  return Promise.race([promise, aborted]);
}

function maySee({ namespaces, patterns }: Viewer, { namespace, name }: SearchDocument): boolean {
  const isCovered = patterns?.some((pattern) => matchesPattern(pattern, `${namespace}/${name}`)) ?? true;
  return namespaces.includes(namespace) && isCovered;
}

function isAllowed({ filters, viewer }: CandidateRequest, document: SearchDocument): boolean {
  const platform = requiredPlatform(filters);
  return (
    (!document.private || maySee(viewer, document)) &&
    (filters.official ?? document.official) === document.official &&
    (filters.automated ?? document.automated) === document.automated &&
    (filters.namespace ?? document.namespace) === document.namespace &&
    (filters.kind === undefined || document.kinds.includes(filters.kind)) &&
    (platform === undefined || platformKeys(document.platforms).includes(platform)) &&
    document.stars >= (filters.stars ?? 0)
  );
}
