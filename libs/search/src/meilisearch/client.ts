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
import { requestPlainly } from './request';

/** A task as it is read. */
export type MeilisearchTask = Pick<Task, 'uid' | 'status' | 'error' | 'startedAt' | 'finishedAt'>;

/** One of several searches that are made in one round trip. */
export type MeilisearchQuery = Readonly<{
  filter: string[][];
  limit: number;
  attributesToRetrieve: readonly string[];
}>;

/** The answer to one of them. */
export type MeilisearchAnswer = Readonly<
  Required<Pick<SearchResponse<Readonly<Record<string, unknown>>>, 'hits' | 'estimatedTotalHits'>>
>;

/** Settings of an index, as they are read and written. */
export type MeilisearchSettings = Readonly<Settings>;

export type MeilisearchKey = Pick<Key, 'key' | 'actions' | 'indexes'>;

// Milliseconds. The package has none unless told, and none at all for a call that brings a signal of its own.
const writeTimeout = 10_000;
const readTimeout = 5_000;

/**
 * Meilisearch's client as it is used here: every call ends in its time and throws nothing of Meilisearch's but
 * MeilisearchFailure. A write answers the uid of its task: that is a promise to try, not a success.
 */
export class MeilisearchClient {
  private readonly reading: Meilisearch;
  private readonly writing: Meilisearch;
  private readonly searching: Meilisearch;

  constructor(url: string, key: string | undefined) {
    // Following a redirect would carry the key to wherever it points. What it compresses it sends in pieces, the second
    // of which waits for the kernel's late acknowledgement of the first: 40 ms an answer, and processor time on both sides.
    const requestInit = { redirect: 'error', headers: { 'accept-encoding': 'identity' } } as const;
    const server = { host: url, apiKey: key, requestInit };
    this.reading = new Meilisearch({ ...server, timeout: readTimeout });
    this.writing = new Meilisearch({ ...server, timeout: writeTimeout });
    this.searching = new Meilisearch({ ...server, httpClient: requestPlainly });
  }

  /** Several searches of one index. */
  async search(
    index: string,
    queries: readonly MeilisearchQuery[],
    timeout: number,
  ): Promise<readonly MeilisearchAnswer[]> {
    const all = queries.map((query) => ({
      indexUid: index,
      ...query,
      attributesToRetrieve: [...query.attributesToRetrieve],
    }));
    const signal = AbortSignal.timeout(timeout);
    const asking = this.searching.multiSearch({ queries: all }, { signal });
    const { results } = await told<{ results: readonly Partial<MeilisearchAnswer>[] }>(asking);
    return results.map(({ hits = [], estimatedTotalHits = 0 }) => ({ hits, estimatedTotalHits }));
  }

  /** Replaces documents, or adds them. */
  put(index: string, documents: readonly object[]): Promise<number> {
    return taskOf(this.writing.index(index).addDocuments([...documents]));
  }

  remove(index: string, ids: readonly number[]): Promise<number> {
    return taskOf(this.writing.index(index).deleteDocuments([...ids]));
  }

  /** Documents in the engine's own order, with some of their fields. */
  documents<T extends object>(
    index: string,
    page: { offset?: number; limit: number; fields: Extract<keyof T, string>[]; filter?: string },
  ): Promise<{ results: T[]; total: number }> {
    return told(this.writing.index<T>(index).getDocuments(page));
  }

  createIndex(index: string): Promise<number> {
    return taskOf(this.reading.createIndex(index, { primaryKey: 'id' }));
  }

  deleteIndex(index: string): Promise<number> {
    return taskOf(this.reading.deleteIndex(index));
  }

  /** Lets two indexes change names. */
  swap(one: string, other: string): Promise<number> {
    return taskOf(this.reading.swapIndexes([{ indexes: [one, other], rename: false }]));
  }

  settings(index: string): Promise<MeilisearchSettings> {
    return told(this.reading.index(index).getSettings());
  }

  changeSettings(index: string, settings: MeilisearchSettings): Promise<number> {
    return taskOf(this.reading.index(index).updateSettings(settings));
  }

  /** Tasks by uid; those that are unknown to it, or out of sight of the key, are missing. */
  async tasks(uids: readonly number[]): Promise<readonly MeilisearchTask[]> {
    if (uids.length === 0) return [];
    return (await told(this.reading.tasks.getTasks({ uids: [...uids], limit: uids.length }))).results;
  }

  /** Its version; undefined when the key may not ask. */
  async version(): Promise<string | undefined> {
    try {
      return (await told(this.reading.getVersion())).pkgVersion;
    } catch (error) {
      if (error instanceof MeilisearchFailure && error.kind === 'wrongKey') return undefined;
      throw error;
    }
  }

  /** Undefined when there is none. */
  async key(uid: string): Promise<MeilisearchKey | undefined> {
    try {
      return await told(this.reading.getKey(uid));
    } catch (error) {
      if (error instanceof MeilisearchFailure && error.code === 'api_key_not_found') return undefined;
      throw error;
    }
  }

  createKey(key: KeyCreation): Promise<MeilisearchKey> {
    return told(this.reading.createKey(key));
  }

  deleteKey(uid: string): Promise<void> {
    return told(this.reading.deleteKey(uid));
  }
}

async function taskOf(enqueuing: PromiseLike<{ taskUid: number }>): Promise<number> {
  return (await told(enqueuing)).taskUid;
}

// What it throws holds addresses, paths and bodies; what a MeilisearchFailure says is ours.
async function told<T>(asking: PromiseLike<T>): Promise<T> {
  try {
    return await asking;
  } catch (error) {
    if (error instanceof MeilisearchApiError) {
      throw failureOf(error.response.status, error.cause?.code, error.cause?.message ?? '');
    }
    if (error instanceof MeilisearchRequestError) {
      if (error.cause instanceof MeilisearchFailure) throw error.cause;
      throw new MeilisearchFailure(isTimeout(error.cause) ? 'timeout' : 'unreachable');
    }
    // An answer that is no JSON: something else listens there, or stands in between.
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
