import { Database, migrate } from '@central-index/platform/database';
import { openEmbedded } from '@central-index/platform/embedded-postgres';
import { ImportService, RepositoriesModule } from '@central-index/repositories';
import { SearchModule, SearchService, SearchSync } from '@central-index/search';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrations } from '../../migrations';
import { testSecretKey } from '../../test/support/database';
import { openTestModule } from '../../test/support/test-module';
import { timed } from '../stats';

/** An index filled for a bench. */
export interface BenchIndex {
  readonly url: string;
  readonly database: Database;
  readonly search: SearchService;
  readonly sync: SearchSync;
  /** Imports JSON lines and makes them found; answers the seconds that took. */
  fill(lines: AsyncIterable<Uint8Array>): Promise<{ importing: number; indexing: number }>;
  close(): Promise<void>;
}

/** Opens the index of a bench: on the database named, or on an embedded PostgreSQL that ends with the bench. */
export async function openBenchIndex(url?: string): Promise<BenchIndex> {
  const dataDir = mkdtempSync(join(tmpdir(), 'central-index-bench-'));
  // As root PostgreSQL runs as another account, which must be able to walk here.
  chmodSync(dataDir, 0o711);
  const embedded =
    url === undefined ? await openEmbedded({ dataDir, create: true, log: () => undefined }) : undefined;
  const at = url ?? embedded!.url;
  await migrate(at, migrations, testSecretKey);
  const drop = (): Promise<void> => Promise.resolve();
  const rooms = await openTestModule({ url: at, drop }, [RepositoriesModule, SearchModule]);
  const get = <T>(type: abstract new (...parameters: never[]) => T): T =>
    rooms.get<T>(type, { strict: false });
  return {
    url: at,
    database: get(Database),
    search: get(SearchService),
    sync: get(SearchSync),
    async fill(lines) {
      const importing = await timed(() => get(ImportService).run(lines, { actor: { name: ':bench' } }));
      const indexing = await timed(() => get(SearchSync).rebuild());
      await get(Database).rows('vacuum analyze search_document, search_posting, search_spelling');
      return { importing: importing / 1000, indexing: indexing / 1000 };
    },
    async close() {
      await rooms.close();
      await embedded?.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
