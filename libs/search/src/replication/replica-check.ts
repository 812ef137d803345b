import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@central-index/platform/database';
import { LOGGER, type Logger } from '@central-index/platform/logging';
import { setTimeout as pause } from 'node:timers/promises';
import type { SearchDocument } from '../engine/search-document';
import type { MeilisearchClient } from '../meilisearch/client';
import { liveIndex, meilisearchId, toMeilisearch } from '../meilisearch/document';
import { selectDocuments, selectPendingIds, selectPublicIds, useOneSnapshot } from './replica-check.queries';
import { SearchOutbox } from './search-outbox';

/** Ids of repositories whose documents in the replica differ from those in PostgreSQL. */
export interface ReplicaDifference {
  /** Public documents that the replica does not have. */
  readonly missing: readonly string[];
  /** Documents that the replica has with other content. */
  readonly stale: readonly string[];
  /** Documents of the replica whose repositories are deleted or private. */
  readonly orphaned: readonly string[];
}

type DifferenceKind = keyof ReplicaDifference;

/** The outcome of comparing one slice. */
export interface SliceResult {
  readonly difference: ReplicaDifference;
  /** Last id of the slice; undefined if it was the last slice. */
  readonly to: string | undefined;
  /** Approximate size of the slice as a fraction of all documents. */
  readonly part: number;
}

type Slice =
  { readonly after: string; readonly to: string | undefined } | { readonly ids: readonly string[] };

// A document may be changed and confirmed between the two reads. What differs in all attempts is a real difference.
const maxAttempts = 3;
const retryDelayMs = 50;
const pageSize = 10_000;

/**
 * Compares the replica with the documents in PostgreSQL, in both directions and by content. Pending documents are not
 * differences.
 */
@Injectable()
export class ReplicaCheck {
  constructor(
    private readonly database: Database,
    private readonly outbox: SearchOutbox,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Compares the next `limit` public documents after an id, and all documents of the replica in the same range. */
  async slice(client: MeilisearchClient, after: string, limit: number): Promise<SliceResult> {
    const rows = await this.database.query(selectPublicIds, [after, limit]);
    const to = rows.length < limit ? undefined : rows.at(-1)!.id;
    let differing = await this.compare(client, { after, to });
    for (let attempt = 1; attempt < maxAttempts && differing.size > 0; attempt++) {
      await pause(retryDelayMs);
      differing = await this.compare(client, { ids: [...differing.keys()] });
    }
    const idsOf = (kind: DifferenceKind): string[] =>
      [...differing].filter(([, one]) => one === kind).map(([id]) => id);
    return {
      difference: { missing: idsOf('missing'), stale: idsOf('stale'), orphaned: idsOf('orphaned') },
      to,
      part: to === undefined ? 1 : (Number(to) - Number(after)) / Number(rows[0]!.last),
    };
  }

  /** Adds the documents that differ to the outbox, so that they are sent again. Returns how many there are. */
  async repair({ missing, stale, orphaned }: ReplicaDifference): Promise<number> {
    const ids = [...missing, ...stale, ...orphaned];
    if (ids.length === 0) return 0;
    this.logger.error(
      { missing: missing.length, stale: stale.length, orphaned: orphaned.length },
      'replica of search documents differed; sending them again',
    );
    await this.outbox.add(ids);
    return ids.length;
  }

  // The replica is read first: a document that is confirmed between the two reads is found stale, and compared again.
  private async compare(client: MeilisearchClient, slice: Slice): Promise<Map<string, DifferenceKind>> {
    const hashes = await this.hashes(client, slice);
    const { documents, pendingIds } = await this.read(slice);
    const differing = new Map<string, DifferenceKind>();
    const publicIds = new Set<string>();
    for (const document of documents) {
      publicIds.add(document.id);
      const hash = hashes.get(document.id);
      if (hash === undefined) differing.set(document.id, 'missing');
      else if (hash !== toMeilisearch(document).hash) differing.set(document.id, 'stale');
    }
    for (const id of hashes.keys()) if (!publicIds.has(id)) differing.set(id, 'orphaned');
    for (const id of pendingIds) differing.delete(id);
    return differing;
  }

  private read(slice: Slice): Promise<{ documents: SearchDocument[]; pendingIds: string[] }> {
    const values = 'ids' in slice ? [slice.ids, '0', null] : [null, slice.after, slice.to ?? null];
    return this.database.transaction(async (manager) => {
      await this.database.execute(useOneSnapshot, [], manager);
      const documents = await this.database.query(selectDocuments, values, manager);
      const pending = await this.database.query(selectPendingIds, values, manager);
      return { documents, pendingIds: pending.map(({ id }) => id) };
    });
  }

  // Hashes by id; empty for a document without one, which this product did not write.
  private async hashes(client: MeilisearchClient, slice: Slice): Promise<Map<string, string>> {
    const filter = filterOf(slice);
    const hashes = new Map<string, string>();
    for (let offset = 0; ; offset += pageSize) {
      const { results, total } = await client.documents<{ id: number | string; hash?: string }>(liveIndex, {
        offset,
        limit: pageSize,
        fields: ['id', 'hash'],
        filter,
      });
      for (const { id, hash } of results) hashes.set(String(id), hash ?? '');
      if (offset + pageSize >= total) return hashes;
    }
  }
}

function filterOf(slice: Slice): string {
  if ('ids' in slice) return `id IN [${slice.ids.map(meilisearchId).join(',')}]`;
  return `id > ${Number(slice.after)}${slice.to === undefined ? '' : ` AND id <= ${Number(slice.to)}`}`;
}
