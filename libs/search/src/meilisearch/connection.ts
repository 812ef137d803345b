import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '@central-index/platform/config';
import { MeilisearchClient, type MeilisearchKey } from './client';
import { MeilisearchFailure } from './failure';

/** Address of a Meilisearch server, and the configured keys. */
export interface MeilisearchServer {
  readonly url: string;
  readonly key: string | undefined;
  readonly searchKey: string | undefined;
}

/** What a connection is for, which decides the rights of its key: servers search, the worker writes. */
export type MeilisearchUse = 'search' | 'write';

// The uids are fixed, so that every process finds the key that another one created.
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

// The client has the fewest rights that its use needs. A master key is used only to find or create such a key; a key
// that does not permit managing keys is used directly.
async function clientFor(use: MeilisearchUse, server: MeilisearchServer): Promise<MeilisearchClient> {
  if (use === 'search' && server.searchKey !== undefined) {
    return new MeilisearchClient(server.url, server.searchKey);
  }
  const configured = new MeilisearchClient(server.url, server.key);
  if (server.key === undefined) return configured;
  const required = keys[use];
  try {
    const existing = await configured.key(required.uid);
    if (existing && hasSameRights(existing, required)) return new MeilisearchClient(server.url, existing.key);
    // The rights of a key cannot be changed, so a key that another version of this program created is replaced.
    if (existing) await configured.deleteKey(required.uid);
    const name = `central-index ${use}`;
    const created = await configured.createKey({ ...required, name, expiresAt: null });
    return new MeilisearchClient(server.url, created.key);
  } catch (error) {
    if (!(error instanceof MeilisearchFailure)) throw error;
    if (error.kind === 'wrongKey') return configured;
    // Another process created the key after this one had looked for it.
    if (error.code === 'api_key_already_exists') return clientFor(use, server);
    throw error;
  }
}

/**
 * One client, opened at its first use and shared. After `invalidate` the key is looked up again, because another server
 * may run at the same address.
 */
export class MeilisearchConnection {
  private opened: Promise<MeilisearchClient> | undefined;

  constructor(
    private readonly use: MeilisearchUse,
    private readonly server: MeilisearchServer | undefined,
  ) {}

  /** Throws MeilisearchFailure if the server cannot be reached or refuses the key. */
  client(): Promise<MeilisearchClient> {
    if (this.opened === undefined) {
      const opening = this.open();
      this.opened = opening;
      opening.catch(() => this.invalidate());
    }
    return this.opened;
  }

  /** Discards the client after a failure. */
  invalidate(): void {
    this.opened = undefined;
  }

  private async open(): Promise<MeilisearchClient> {
    if (this.server === undefined) throw new Error('no Meilisearch is configured');
    return clientFor(this.use, this.server);
  }
}

/** The connection that searches use. */
@Injectable()
export class SearchConnection extends MeilisearchConnection {
  constructor(@Inject(CONFIG) { meilisearch }: Config) {
    super('search', meilisearch);
  }
}

/** The connection that fills and checks the replica. */
@Injectable()
export class WriteConnection extends MeilisearchConnection {
  constructor(@Inject(CONFIG) { meilisearch }: Config) {
    super('write', meilisearch);
  }
}

type KeyRights = Pick<MeilisearchKey, 'actions' | 'indexes'>;

function hasSameRights(one: KeyRights, other: KeyRights): boolean {
  return hasSameEntries(one.actions, other.actions) && hasSameEntries(one.indexes, other.indexes);
}

function hasSameEntries(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((entry) => other.includes(entry));
}
