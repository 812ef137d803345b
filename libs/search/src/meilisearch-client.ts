import { failureOf, MeilisearchFailure } from './meilisearch-failure';

/** A task as `GET /tasks` shows it. */
export interface MeilisearchTask {
  readonly uid: number;
  readonly status: 'enqueued' | 'processing' | 'succeeded' | 'failed' | 'canceled';
  readonly error: { readonly code?: string; readonly message?: string } | null;
}

/** One of several searches that are made in one round trip. */
export interface MeilisearchQuery {
  readonly q?: string;
  readonly filter?: readonly (string | readonly string[])[];
  readonly limit: number;
  readonly attributesToSearchOn?: readonly string[];
}

/** The answer to one of them. */
export interface MeilisearchAnswer {
  readonly hits: readonly Readonly<Record<string, unknown>>[];
  readonly estimatedTotalHits: number;
}

/** Settings of an index, as they are read and written. */
export type MeilisearchSettings = Readonly<Record<string, unknown>>;

interface Enqueued {
  readonly taskUid: number;
}

const writeTimeout = 10_000;
const readTimeout = 5_000;

/**
 * The part of Meilisearch's HTTP interface that is used. Every call ends in its time and throws nothing but
 * MeilisearchFailure. A write answers the uid of its task: that is a promise to try, not a success.
 */
export class MeilisearchClient {
  constructor(
    private readonly url: string,
    private readonly key: string | undefined,
  ) {}

  /** Several searches of one index. */
  async search(
    index: string,
    queries: readonly MeilisearchQuery[],
    timeout: number,
  ): Promise<readonly MeilisearchAnswer[]> {
    const body = {
      queries: queries.map((query) => ({ indexUid: index, matchingStrategy: 'all', ...query })),
    };
    const { results } = await this.call<{ results: readonly MeilisearchAnswer[] }>(
      'POST',
      '/multi-search',
      body,
      timeout,
    );
    return results;
  }

  /** Replaces documents, or adds them. */
  async put(index: string, documents: readonly object[]): Promise<number> {
    const path = `/indexes/${index}/documents`;
    return (await this.call<Enqueued>('POST', path, documents, writeTimeout)).taskUid;
  }

  async remove(index: string, ids: readonly number[]): Promise<number> {
    const path = `/indexes/${index}/documents/delete-batch`;
    return (await this.call<Enqueued>('POST', path, ids, writeTimeout)).taskUid;
  }

  /** Documents in the engine's own order, with some of their fields. */
  async documents<T>(
    index: string,
    page: { offset?: number; limit: number; fields: readonly string[]; filter?: string },
  ): Promise<{ results: T[]; total: number }> {
    return this.call('POST', `/indexes/${index}/documents/fetch`, page, writeTimeout);
  }

  async createIndex(index: string): Promise<number> {
    return (await this.call<Enqueued>('POST', '/indexes', { uid: index, primaryKey: 'id' })).taskUid;
  }

  async deleteIndex(index: string): Promise<number> {
    return (await this.call<Enqueued>('DELETE', `/indexes/${index}`)).taskUid;
  }

  async swap(one: string, other: string): Promise<number> {
    return (await this.call<Enqueued>('POST', '/swap-indexes', [{ indexes: [one, other] }])).taskUid;
  }

  settings(index: string): Promise<MeilisearchSettings> {
    return this.call('GET', `/indexes/${index}/settings`);
  }

  async changeSettings(index: string, settings: MeilisearchSettings): Promise<number> {
    return (await this.call<Enqueued>('PATCH', `/indexes/${index}/settings`, settings)).taskUid;
  }

  /** Tasks by uid; those that are unknown to it, or out of sight of the key, are missing. */
  async tasks(uids: readonly number[]): Promise<MeilisearchTask[]> {
    if (uids.length === 0) return [];
    const path = `/tasks?uids=${uids.join(',')}&limit=${uids.length}`;
    return (await this.call<{ results: MeilisearchTask[] }>('GET', path)).results;
  }

  /** Its version; undefined when the key may not ask. */
  async version(): Promise<string | undefined> {
    try {
      return (await this.call<{ pkgVersion: string }>('GET', '/version')).pkgVersion;
    } catch (error) {
      if (error instanceof MeilisearchFailure && error.kind === 'wrongKey') return undefined;
      throw error;
    }
  }

  /** Anything else, such as keys. */
  async call<T>(method: string, path: string, body?: unknown, timeout = readTimeout): Promise<T> {
    let status: number;
    let text: string;
    try {
      const response = await fetch(`${this.url}${path}`, {
        method,
        headers: {
          ...(this.key === undefined ? {} : { authorization: `Bearer ${this.key}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        body: body === undefined ? undefined : JSON.stringify(body),
        // Following a redirect would carry the key to wherever it points.
        redirect: 'error',
        signal: AbortSignal.timeout(timeout),
      });
      status = response.status;
      text = await response.text();
    } catch (error) {
      throw new MeilisearchFailure((error as Error).name === 'TimeoutError' ? 'timeout' : 'unreachable');
    }
    const answer = parsed(text);
    if (status >= 200 && status < 300 && answer !== undefined) return answer as T;
    const { code, message } = (answer ?? {}) as { code?: string; message?: string };
    throw failureOf(status < 300 ? 500 : status, code, message ?? '');
  }
}

function parsed(text: string): unknown {
  if (text === '') return null;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
