import { Database, sql } from '@central-index/platform/database';
import { RepositoriesModule } from '@central-index/repositories';
import { SearchModule, SearchService, SearchMaintenance } from '@central-index/search';
import { eventually } from '../../test/support/eventually';
import { MeilisearchServer } from '../../test/support/meilisearch-server';
import { openTestModule } from '../../test/support/test-module';

/** Search of a filled index through a replica in Meilisearch. */
export interface ReplicaSearch {
  readonly search: SearchService;
  /** Returns why PostgreSQL served the last search, or undefined if Meilisearch did. */
  fallback(): Promise<string | undefined>;
  close(): Promise<void>;
}

const fillTimeoutMs = 600_000;

/** Starts a Meilisearch and fills it from the database of `url`. */
export async function openReplicaSearch(url: string): Promise<ReplicaSearch> {
  const meilisearch = await MeilisearchServer.start();
  const drop = (): Promise<void> => Promise.resolve();
  const context = await openTestModule({ url, drop }, [RepositoriesModule, SearchModule], meilisearch.env);
  const [database, maintenance] = [context.get(Database), context.get(SearchMaintenance, { strict: false })];
  // The database may hold the state of another replica.
  await database.execute(sql('update search_replica set generation = null, building = null'));
  const stop = maintenance.start();
  await eventually(async () => {
    const row = await database.queryOne(
      sql<{ done: boolean }>(
        `select coalesce((select generation is not null and building is null from search_replica), false)
         and not exists (select from search_outbox) as done`,
      ),
    );
    if (!row!.done) throw new Error('Meilisearch is not filled');
  }, fillTimeoutMs);
  await stop();
  return {
    search: context.get(SearchService, { strict: false }),
    fallback: async () => (await maintenance.state()).fallback,
    async close() {
      await context.close();
      await meilisearch.stop();
    },
  };
}
