import { Database } from '@central-index/platform/database';
import { RepositoriesModule } from '@central-index/repositories';
import { SearchModule, SearchService, SearchMaintenance } from '@central-index/search';
import { eventually } from '../../test/support/eventually';
import { MeilisearchServer } from '../../test/support/meilisearch-server';
import { openTestModule } from '../../test/support/test-module';

/** Search of a filled index through a Meilisearch that holds a copy of it. */
export interface CopiedSearch {
  readonly search: SearchService;
  /** Why PostgreSQL answered the last search; undefined when Meilisearch did. */
  fallback(): Promise<string | undefined>;
  close(): Promise<void>;
}

const patience = 600_000;

/** Starts a Meilisearch, fills it from the index and searches there. */
export async function openCopiedSearch(url: string): Promise<CopiedSearch> {
  const meilisearch = await MeilisearchServer.start();
  const drop = (): Promise<void> => Promise.resolve();
  const rooms = await openTestModule({ url, drop }, [RepositoriesModule, SearchModule], meilisearch.env);
  const [database, upkeep] = [rooms.get(Database), rooms.get(SearchMaintenance, { strict: false })];
  // A database that was copied before knows another Meilisearch.
  await database.rows('update search_replica set generation = null, building = null');
  const stop = upkeep.start();
  await eventually(async () => {
    const [row] = await database.rows<{ done: boolean }>(
      `select coalesce((select generation is not null and building is null from search_replica), false)
         and not exists (select from search_outbox) as done`,
    );
    if (!row!.done) throw new Error('Meilisearch is not filled');
  }, patience);
  await stop();
  return {
    search: rooms.get(SearchService, { strict: false }),
    fallback: async () => (await upkeep.state()).fallback,
    async close() {
      await rooms.close();
      await meilisearch.stop();
    },
  };
}
