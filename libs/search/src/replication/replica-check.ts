import { Injectable } from '@nestjs/common';
import { Database } from '@central-index/platform/database';
import { setTimeout as pause } from 'node:timers/promises';
import type { MeilisearchClient } from '../meilisearch/client';
import { documentColumns } from '../postgres/storage/document-columns';
import { liveIndex, meilisearchId, toMeilisearch } from '../meilisearch/document';
import type { SearchDocument } from '../engine/search-document';

/** Repositories whose copies differ from what they should be. */
export interface ReplicaDifference {
  /** Public documents that the copy lacks. */
  readonly missing: readonly string[];
  /** Documents that it holds otherwise. */
  readonly stale: readonly string[];
  /** What it holds of repositories that are gone or private. */
  readonly orphaned: readonly string[];
}

type Wrong = keyof ReplicaDifference;

// A change may come between the two reads that are compared; what differs so often without a note of it is no such case.
const looks = 3;

/** Compares the copy with the PostgreSQL engine's documents, both ways and by content. What is noted as not confirmed is no difference. */
@Injectable()
export class ReplicaCheck {
  constructor(private readonly database: Database) {}

  /**
   * Compares the documents after an id, so many of the truth and all of the copy up to the last of them. `part` is about
   * how much that is of everything, 1 being all.
   */
  async slice(
    client: MeilisearchClient,
    after: string,
    limit: number,
  ): Promise<{ difference: ReplicaDifference; to: string | undefined; part: number }> {
    const rows = await this.database.rows<{ id: string; last: string }>(
      `select repository_id as id, (select max(repository_id) from search_document) as last from search_document
       where repository_id > $1 and not private order by repository_id limit $2`,
      [after, limit],
    );
    const to = rows.length < limit ? undefined : rows.at(-1)!.id;
    let wrong = await this.compare(client, { after, to });
    for (let look = 1; look < looks && wrong.size > 0; look++) {
      await pause(50);
      wrong = await this.compare(client, { ids: [...wrong.keys()] });
    }
    const of = (kind: Wrong): string[] => [...wrong].filter(([, is]) => is === kind).map(([id]) => id);
    const difference = { missing: of('missing'), stale: of('stale'), orphaned: of('orphaned') };
    return {
      difference,
      to,
      part: to === undefined ? 1 : (Number(to) - Number(after)) / Number(rows[0]!.last),
    };
  }

  // The copy is read first: what is confirmed between the two reads is then seen as stale, and looked at again.
  private async compare(
    client: MeilisearchClient,
    which: { after: string; to: string | undefined } | { ids: readonly string[] },
  ): Promise<Map<string, Wrong>> {
    const copies = await this.copies(client, which);
    const values = 'ids' in which ? [which.ids, '0', null] : [null, which.after, which.to ?? null];
    const condition = `($1::bigint[] is null or repository_id = any($1::bigint[])) and repository_id > $2
      and ($3::bigint is null or repository_id <= $3::bigint)`;
    const { documents, noted } = await this.database.transaction(async (manager) => {
      await manager.query('set transaction isolation level repeatable read, read only');
      const documents = await this.database.rows<SearchDocument>(
        `select ${documentColumns} from search_document document where not private and ${condition}`,
        values,
        manager,
      );
      const notes = await this.database.rows<{ id: string }>(
        `select repository_id as id from search_outbox where ${condition}`,
        values,
        manager,
      );
      return { documents, noted: new Set(notes.map(({ id }) => id)) };
    });
    const wrong = new Map<string, Wrong>();
    const known = new Set<string>();
    for (const document of documents) {
      known.add(document.id);
      const copy = copies.get(document.id);
      if (copy === undefined) wrong.set(document.id, 'missing');
      else if (copy !== toMeilisearch(document).hash) wrong.set(document.id, 'stale');
    }
    for (const id of copies.keys()) if (!known.has(id)) wrong.set(id, 'orphaned');
    for (const id of noted) wrong.delete(id);
    return wrong;
  }

  /** Hash by id of what the copy holds; a hash that it lacks is no hash of ours. */
  private async copies(
    client: MeilisearchClient,
    which: { after: string; to: string | undefined } | { ids: readonly string[] },
  ): Promise<Map<string, string>> {
    const filter =
      'ids' in which
        ? `id IN [${which.ids.map(meilisearchId).join(',')}]`
        : `id > ${Number(which.after)}${which.to === undefined ? '' : ` AND id <= ${Number(which.to)}`}`;
    const found = new Map<string, string>();
    const limit = 10_000;
    for (let offset = 0; ; offset += limit) {
      const { results, total } = await client.documents<{ id: number | string; hash?: string }>(liveIndex, {
        offset,
        limit,
        fields: ['id', 'hash'],
        filter,
      });
      for (const { id, hash } of results) found.set(String(id), hash ?? '');
      if (offset + limit >= total) return found;
    }
  }
}
