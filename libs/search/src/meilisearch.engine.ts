import { matchesPattern } from '@central-index/naming';
import type { Database } from '@central-index/platform/database';
import type { Logger } from '@central-index/platform/logging';
import { answers } from './matching';
import type { MeilisearchAnswer } from './meilisearch-client';
import { fromMeilisearch, liveIndex } from './meilisearch-document';
import { MeilisearchFailure } from './meilisearch-failure';
import type { MeilisearchConnection } from './meilisearch-keys';
import { leastRenown, MeilisearchQueries } from './meilisearch-queries';
import type { PostgresEngine } from './postgres.engine';
import { textClass } from './scorer';
import type { SearchDocument } from './search-document';
import {
  SearchEngine,
  type Candidates,
  type CandidatesWanted,
  type SimilarName,
  type Viewer,
} from './search-engine';
import { UnconfirmedDocuments, type Unconfirmed } from './unconfirmed';
import { renown, weights } from './weights';

// A search has a second; the PostgreSQL engine needs its part of it when this one does not answer.
const searchTimeout = 500;

/** So long Meilisearch is left alone after a failure, in milliseconds, before one search tries it again. */
const restAfterFailure = 2_000;

// A hit by so well-known a name shows that the word was not misspelt.
const strongRenown = 6;

/**
 * Searches a Meilisearch that holds a copy of the public documents. The PostgreSQL engine keeps them all and is the
 * truth: what Meilisearch has not confirmed yet and what is private come from there, and so does the whole answer
 * whenever Meilisearch fails, is far behind, lacks the mark of the index that was filled, or is asked for another order
 * than relevance, or for the few names that complete or correct one, which PostgreSQL has in a fraction of the time.
 */
export class MeilisearchEngine extends SearchEngine {
  private readonly unconfirmed: UnconfirmedDocuments;
  private restUntil = 0;
  private failure: MeilisearchFailure | undefined;

  constructor(
    private readonly postgres: PostgresEngine,
    private readonly connection: MeilisearchConnection,
    database: Database,
    private readonly logger: Logger,
  ) {
    super();
    this.unconfirmed = new UnconfirmedDocuments(database);
  }

  /** Why PostgreSQL answers at the moment; undefined when Meilisearch does. */
  get failing(): MeilisearchFailure | undefined {
    return this.failure;
  }

  async candidates(wanted: CandidatesWanted): Promise<Candidates> {
    const isResting = performance.now() < this.restUntil;
    if (wanted.uncounted === true || wanted.order !== 'relevance' || isResting) {
      return this.postgres.candidates(wanted);
    }
    const [unconfirmed, own] = await Promise.all([
      this.unconfirmed.read(),
      this.unconfirmed.privateOf(wanted.viewer),
    ]);
    if (!unconfirmed?.generation || own === undefined) return this.postgres.candidates(wanted);
    let found: Candidates;
    try {
      found = await this.retrieve(wanted, unconfirmed, own);
    } catch (error) {
      this.failed(error);
      return this.postgres.candidates(wanted);
    }
    this.recovered();
    return found;
  }

  private async retrieve(
    wanted: CandidatesWanted,
    unconfirmed: Unconfirmed,
    own: readonly SearchDocument[],
  ): Promise<Candidates> {
    const deadline = performance.now() + searchTimeout;
    const client = await inTime(this.connection.client(), searchTimeout);
    const queries = new MeilisearchQueries(wanted, unconfirmed.ids);
    const found = await client.search(liveIndex, queries.list, left(deadline));
    requireMark(found, unconfirmed);
    const confirmed = queries.documents(found).filter((document) => answers(wanted.query, document));
    const others = new Map([...unconfirmed.documents, ...own].map((document) => [document.id, document]));
    const beside = [...others.values()].filter(
      (document) => answers(wanted.query, document) && isAllowed(wanted, document),
    );
    const documents = [...confirmed, ...beside];
    const counted = queries.total(found);
    if (counted !== undefined || isStrong(wanted, documents)) {
      return { documents, total: counted === undefined ? documents.length : counted + beside.length };
    }
    const spelling = queries.spelling(unconfirmed.ids);
    const corrected =
      spelling === undefined ? [] : await client.search(liveIndex, [spelling], left(deadline));
    const had = new Set(documents.map(({ id }) => id));
    const meant = corrected
      .flatMap(({ hits }) => hits.map(fromMeilisearch))
      .filter((document) => !had.has(document.id) && renown(document) >= leastRenown);
    return { documents: [...documents, ...meant], total: documents.length + meant.length };
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
    this.unconfirmed.forget();
  }

  ids(after: string, limit: number): Promise<string[]> {
    return this.postgres.ids(after, limit);
  }

  private failed(error: unknown): void {
    if (!(error instanceof MeilisearchFailure)) throw error;
    this.connection.forget();
    this.restUntil = performance.now() + restAfterFailure;
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

function requireMark(found: readonly MeilisearchAnswer[], { generation }: Unconfirmed): void {
  if (MeilisearchQueries.mark(found) !== generation) throw new MeilisearchFailure('notOurIndex');
}

function maySee({ namespaces, patterns }: Viewer, { namespace, name }: SearchDocument): boolean {
  const isCovered = patterns?.some((pattern) => matchesPattern(pattern, `${namespace}/${name}`)) ?? true;
  return namespaces.includes(namespace) && isCovered;
}

function isAllowed({ filters, viewer }: CandidatesWanted, document: SearchDocument): boolean {
  return (
    (!document.private || maySee(viewer, document)) &&
    (filters.official ?? document.official) === document.official &&
    (filters.automated ?? document.automated) === document.automated &&
    (filters.namespace ?? document.namespace) === document.namespace &&
    document.stars >= (filters.stars ?? 0)
  );
}

function isStrong({ query }: CandidatesWanted, documents: readonly SearchDocument[]): boolean {
  return documents.some(
    (document) =>
      query.paths.includes(`${document.namespace}/${document.name}`) ||
      (renown(document) >= strongRenown && weights[textClass(query, document)] > 0),
  );
}
