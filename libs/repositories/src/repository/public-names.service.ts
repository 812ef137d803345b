import { Database } from '@central-index/platform/database';
import { Injectable } from '@nestjs/common';
import { selectPageStarts, selectPublicNames, type PublicName } from './public-names.queries';

// Where a page begins changes only when repositories before it are deleted.
const startsTtlMs = 600_000;

/** All public repositories that have something to pull, for programs that list them, such as search engines of the web. */
@Injectable()
export class PublicNamesService {
  private starts: { readonly expiresAt: number; readonly ids: Promise<string[]> } | undefined;

  constructor(private readonly database: Database) {}

  /** The first id of each page, as it was at most ten minutes ago: finding them reads all repositories. */
  pageStarts(perPage: number): Promise<string[]> {
    const now = performance.now();
    if (this.starts === undefined || this.starts.expiresAt < now) {
      const ids = this.database.query(selectPageStarts, [perPage]).then((rows) => rows.map(({ id }) => id));
      this.starts = { expiresAt: now + startsTtlMs, ids };
      ids.catch(() => (this.starts = undefined));
    }
    return this.starts.ids;
  }

  /** Up to `limit` of them from this id on, in batches. */
  async *from(id: string, limit: number, batchSize: number): AsyncGenerator<readonly PublicName[]> {
    let after = String(BigInt(id) - 1n);
    for (let left = limit; left > 0;) {
      const rows = await this.database.query(selectPublicNames, [after, Math.min(left, batchSize)]);
      if (rows.length > 0) yield rows;
      if (rows.length < Math.min(left, batchSize)) return;
      left -= rows.length;
      after = rows.at(-1)!.id;
    }
  }
}
