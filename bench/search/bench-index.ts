import { Database, migrate, sql } from '@central-index/platform/database';
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

/** The libraries of an index without server and worker, to import repositories and to search. */
export interface BenchIndex {
  readonly url: string;
  readonly database: Database;
  readonly search: SearchService;
  readonly sync: SearchSync;
  /** Imports JSON lines and indexes them. Returns the seconds of both. */
  fill(lines: AsyncIterable<Uint8Array>): Promise<{ importing: number; indexing: number }>;
  close(): Promise<void>;
}

/** Opens an index on the database of `url`, or on an embedded PostgreSQL that `close` stops and deletes. */
export async function openBenchIndex(url?: string): Promise<BenchIndex> {
  const dataDir = mkdtempSync(join(tmpdir(), 'central-index-bench-'));
  // If this runs as root, PostgreSQL runs as another OS user, which must be able to traverse this folder.
  chmodSync(dataDir, 0o711);
  const embedded =
    url === undefined ? await openEmbedded({ dataDir, create: true, log: () => undefined }) : undefined;
  const databaseUrl = url ?? embedded!.url;
  await migrate(databaseUrl, migrations, testSecretKey);
  const drop = (): Promise<void> => Promise.resolve();
  const context = await openTestModule({ url: databaseUrl, drop }, [RepositoriesModule, SearchModule]);
  const get = <T>(type: abstract new (...parameters: never[]) => T): T =>
    context.get<T>(type, { strict: false });
  return {
    url: databaseUrl,
    database: get(Database),
    search: get(SearchService),
    sync: get(SearchSync),
    async fill(lines) {
      const importing = await timed(() => get(ImportService).run(lines, { actor: { name: ':bench' } }));
      const indexing = await timed(() => get(SearchSync).rebuild());
      await get(Database).execute(sql('vacuum analyze search_document, search_posting, search_spelling'));
      return { importing: importing / 1000, indexing: indexing / 1000 };
    },
    async close() {
      await context.close();
      await embedded?.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
