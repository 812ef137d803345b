import {
  Meilisearch,
  MeilisearchApiError,
  MeilisearchRequestError,
  MeilisearchRequestTimeOutError,
  type Key,
  type KeyCreation,
  type SearchResponse,
  type Settings,
  type Task,
} from 'meilisearch';
import { failureOf, MeilisearchFailure } from './failure';
import { requestJson } from './request';

/** What is read of a task: an asynchronous write that Meilisearch has accepted. */
export type MeilisearchTask = Pick<Task, 'uid' | 'status' | 'error' | 'startedAt' | 'finishedAt'>;

/** One query of a multi-search request. */
export type MeilisearchQuery = Readonly<{
  filter: string[][];
  limit: number;
  attributesToRetrieve: readonly string[];
}>;

/** The result of one query of a multi-search request. */
export type MeilisearchResult = Readonly<
  Required<Pick<SearchResponse<Readonly<Record<string, unknown>>>, 'hits' | 'estimatedTotalHits'>>
>;

/** Settings of an index, in the form in which Meilisearch reads and writes them. */
export type MeilisearchSettings = Readonly<Settings>;

/** What is read of an API key. `key` is its secret value. */
export type MeilisearchKey = Pick<Key, 'key' | 'actions' | 'indexes'>;

// The package has no timeout by default, and ignores a configured one for calls that pass a signal.
const writeTimeoutMs = 10_000;
const readTimeoutMs = 5_000;

/**
 * Client of one Meilisearch server. Every call has a timeout, and every error of the server or of the connection is
 * thrown as a MeilisearchFailure. A write returns the uid of its task, which means accepted, not succeeded.
 */
export class MeilisearchClient {
  private readonly reading: Meilisearch;
  private readonly writing: Meilisearch;
  private readonly searching: Meilisearch;

  constructor(url: string, key: string | undefined) {
    // A redirect must not be followed: it would send the key to another host. Responses are requested uncompressed:
    // Meilisearch sends compressed ones in two segments, and the second waits up to 40 ms for the delayed
    // acknowledgement of the first.
    const requestInit = { redirect: 'error', headers: { 'accept-encoding': 'identity' } } as const;
    const server = { host: url, apiKey: key, requestInit };
    this.reading = new Meilisearch({ ...server, timeout: readTimeoutMs });
    this.writing = new Meilisearch({ ...server, timeout: writeTimeoutMs });
    this.searching = new Meilisearch({ ...server, httpClient: requestJson });
  }

  /** Runs several queries on one index in one request. When `signal` aborts, it throws a failure of kind `timeout`. */
  async search(
    index: string,
    queries: readonly MeilisearchQuery[],
    signal: AbortSignal,
  ): Promise<readonly MeilisearchResult[]> {
    const all = queries.map((query) => ({
      indexUid: index,
      ...query,
      attributesToRetrieve: [...query.attributesToRetrieve],
    }));
    const request = this.searching.multiSearch({ queries: all }, { signal });
    const { results } = await translateErrors<{ results: readonly Partial<MeilisearchResult>[] }>(request);
    return results.map(({ hits = [], estimatedTotalHits = 0 }) => ({ hits, estimatedTotalHits }));
  }

  /** Adds or replaces documents. Returns the uid of the task. */
  put(index: string, documents: readonly object[]): Promise<number> {
    return taskOf(this.writing.index(index).addDocuments([...documents]));
  }

  /** Deletes documents by id. Returns the uid of the task. */
  remove(index: string, ids: readonly number[]): Promise<number> {
    return taskOf(this.writing.index(index).deleteDocuments([...ids]));
  }

  /** A page of documents in the order of the engine, with the given fields. */
  documents<T extends object>(
    index: string,
    page: { offset?: number; limit: number; fields: Extract<keyof T, string>[]; filter?: string },
  ): Promise<{ results: T[]; total: number }> {
    return translateErrors(this.writing.index<T>(index).getDocuments(page));
  }

  /** Creates an empty index with the primary key `id`. Returns the uid of the task. */
  createIndex(index: string): Promise<number> {
    return taskOf(this.reading.createIndex(index, { primaryKey: 'id' }));
  }

  /** Returns the uid of the task. */
  deleteIndex(index: string): Promise<number> {
    return taskOf(this.reading.deleteIndex(index));
  }

  /** Exchanges the names of two indexes. Returns the uid of the task. */
  swap(one: string, other: string): Promise<number> {
    return taskOf(this.reading.swapIndexes([{ indexes: [one, other], rename: false }]));
  }

  /** Settings of an index. */
  settings(index: string): Promise<MeilisearchSettings> {
    return translateErrors(this.reading.index(index).getSettings());
  }

  /** Changes the given settings and leaves the others as they are. Returns the uid of the task. */
  changeSettings(index: string, settings: MeilisearchSettings): Promise<number> {
    return taskOf(this.reading.index(index).updateSettings(settings));
  }

  /** Tasks by uid. Unknown tasks, and tasks that the key may not read, are absent from the result. */
  async tasks(uids: readonly number[]): Promise<readonly MeilisearchTask[]> {
    if (uids.length === 0) return [];
    const query = { uids: [...uids], limit: uids.length };
    return (await translateErrors(this.reading.tasks.getTasks(query))).results;
  }

  /** Version of the server; undefined if the key does not permit reading it. */
  async version(): Promise<string | undefined> {
    try {
      return (await translateErrors(this.reading.getVersion())).pkgVersion;
    } catch (error) {
      if (error instanceof MeilisearchFailure && error.kind === 'wrongKey') return undefined;
      throw error;
    }
  }

  /** The API key with this uid; undefined if there is none. */
  async key(uid: string): Promise<MeilisearchKey | undefined> {
    try {
      return await translateErrors(this.reading.getKey(uid));
    } catch (error) {
      if (error instanceof MeilisearchFailure && error.code === 'api_key_not_found') return undefined;
      throw error;
    }
  }

  /** Creates an API key. */
  createKey(key: KeyCreation): Promise<MeilisearchKey> {
    return translateErrors(this.reading.createKey(key));
  }

  /** Deletes an API key. */
  deleteKey(uid: string): Promise<void> {
    return translateErrors(this.reading.deleteKey(uid));
  }
}

async function taskOf(request: PromiseLike<{ taskUid: number }>): Promise<number> {
  return (await translateErrors(request)).taskUid;
}

// Errors of the package contain addresses, paths and bodies; the message of a MeilisearchFailure contains none of them.
async function translateErrors<T>(request: PromiseLike<T>): Promise<T> {
  try {
    return await request;
  } catch (error) {
    if (error instanceof MeilisearchApiError) {
      throw failureOf(error.response.status, error.cause?.code, error.cause?.message ?? '');
    }
    if (error instanceof MeilisearchRequestError) {
      if (error.cause instanceof MeilisearchFailure) throw error.cause;
      throw new MeilisearchFailure(isTimeout(error.cause) ? 'timeout' : 'unreachable');
    }
    // A response that is not JSON comes from another server, or from a proxy in between.
    if (error instanceof SyntaxError) throw new MeilisearchFailure('failing');
    throw error;
  }
}

function isTimeout(cause: unknown): boolean {
  return (
    cause instanceof MeilisearchRequestTimeOutError ||
    (cause instanceof Error && cause.name === 'TimeoutError')
  );
}
