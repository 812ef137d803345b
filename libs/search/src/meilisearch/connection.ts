import { MeilisearchClient } from './client';
import { MeilisearchFailure } from './failure';

/** Where the Meilisearch is, and what it was given to be asked with. */
export interface MeilisearchServer {
  readonly url: string;
  readonly key: string | undefined;
  readonly searchKey: string | undefined;
}

/** What a process does with Meilisearch: a server searches, a worker writes. */
export type MeilisearchUse = 'search' | 'write';

// The uids are fixed, so that every process finds the key that another made: its value follows from uid and master key.
const keys: Readonly<Record<MeilisearchUse, { uid: string; actions: string[]; indexes: string[] }>> = {
  search: {
    uid: '0b6a4f0e-55b1-4c8e-9a5d-2f6c1d7e8a01',
    actions: ['search'],
    indexes: ['repositories'],
  },
  write: {
    uid: '0b6a4f0e-55b1-4c8e-9a5d-2f6c1d7e8a02',
    actions: [
      'documents.add',
      'documents.get',
      'documents.delete',
      'indexes.create',
      'indexes.get',
      'indexes.delete',
      'indexes.swap',
      'settings.get',
      'settings.update',
      'tasks.get',
      'stats.get',
      'search',
    ],
    indexes: ['repositories*'],
  },
};

/**
 * A client with the least right that a use needs. A master key is used once, to find or make such a key; a key that may
 * not manage keys is used as it is.
 */
async function clientFor(use: MeilisearchUse, server: MeilisearchServer): Promise<MeilisearchClient> {
  if (use === 'search' && server.searchKey !== undefined) {
    return new MeilisearchClient(server.url, server.searchKey);
  }
  const given = new MeilisearchClient(server.url, server.key);
  if (server.key === undefined) return given;
  const wanted = keys[use];
  try {
    const present = await given.key(wanted.uid);
    const fits =
      present !== undefined && same(present.actions, wanted.actions) && same(present.indexes, wanted.indexes);
    if (fits) return new MeilisearchClient(server.url, present.key);
    // What a key may do cannot be changed: one of an older version of this program makes way.
    if (present) await given.deleteKey(wanted.uid);
    const name = `central-index ${use}`;
    const made = await given.createKey({ ...wanted, name, expiresAt: null });
    return new MeilisearchClient(server.url, made.key);
  } catch (error) {
    if (!(error instanceof MeilisearchFailure)) throw error;
    if (error.kind === 'wrongKey') return given;
    // Another process made it between our two steps.
    if (error.code === 'api_key_already_exists') return clientFor(use, server);
    throw error;
  }
}

/** One client for all who need it. After a failure the key is looked for anew: the server may be another one by then. */
export class MeilisearchConnection {
  private opened: Promise<MeilisearchClient> | undefined;

  constructor(
    private readonly use: MeilisearchUse,
    private readonly server: MeilisearchServer,
  ) {}

  client(): Promise<MeilisearchClient> {
    if (this.opened === undefined) {
      const opening = clientFor(this.use, this.server);
      this.opened = opening;
      opening.catch(() => this.invalidate());
    }
    return this.opened;
  }

  invalidate(): void {
    this.opened = undefined;
  }
}

function same(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((entry) => other.includes(entry));
}
