import { createLogger } from '@central-index/platform/logging';
import { Database } from '@central-index/platform/database';
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { createTestDatabase } from '../../../test/support/database';
import { eventually } from '../../../test/support/eventually';
import { masterKey, MeilisearchServer, noMeilisearch } from '../../../test/support/meilisearch-server';
import { openRooms } from '../../../test/support/rooms';
import { MeilisearchConnection } from './meilisearch-keys';
import { MeilisearchEngine } from './meilisearch.engine';
import { MirrorCheck } from './mirror-check';
import { MirrorRebuild } from './mirror-rebuild';
import { MirrorStates } from './mirror-state';
import { PostgresEngine } from './postgres.engine';
import { searchEngineContract, type EngineUnderTest } from './search-engine.contract';
import type { SearchDocument } from './search-document';
import { SearchMirror } from './search-mirror.service';
import { SearchOutbox } from './search-outbox';

/** Counts how often PostgreSQL is asked for what Meilisearch should answer. */
class WatchedPostgres extends PostgresEngine {
  asked = 0;

  override candidates(...wanted: Parameters<PostgresEngine['candidates']>) {
    if (wanted[0].order === 'relevance') this.asked += 1;
    return super.candidates(...wanted);
  }
}

/** The engine, each of whose writes waits until Meilisearch has confirmed it. */
class ConfirmedEngine extends MeilisearchEngine {
  confirm: () => Promise<void> = () => Promise.resolve();

  override async put(documents: readonly SearchDocument[]): Promise<void> {
    await super.put(documents);
    await this.confirm();
  }

  override async remove(ids: readonly string[]): Promise<void> {
    await super.remove(ids);
    await this.confirm();
  }
}

async function open(confirms: boolean): Promise<EngineUnderTest> {
  const server = await MeilisearchServer.start();
  const own = await createTestDatabase();
  const context = await openRooms(own, []);
  const database = context.get(Database);
  const logger = createLogger({ level: 'fatal', format: 'json', role: 'test', to: 2 });
  const at = { url: server.url, key: masterKey, searchKey: undefined };
  const [states, outbox] = [new MirrorStates(database), new SearchOutbox(database)];
  const mirror = new SearchMirror(
    new MeilisearchConnection('write', at),
    states,
    outbox,
    new MirrorRebuild(database, states, outbox),
    new MirrorCheck(database),
    logger,
  );
  const postgres = new WatchedPostgres(database);
  const engine = new ConfirmedEngine(postgres, new MeilisearchConnection('search', at), database, logger);
  const confirmed = () =>
    eventually(async () => {
      await mirror.round();
      assert.equal((await outbox.state()).waiting, 0);
    }, 20_000).then(() => engine.forget());
  await mirror.round();
  if (confirms) engine.confirm = confirmed;
  let made = 0;
  return {
    engine,
    async repositories(count) {
      await database.rows('delete from search_document');
      await confirmed();
      const rows = await database.rows<{ id: string }>(
        `insert into repository (namespace_id, path, name, state)
         select id, 'library/r' || n, 'r' || n, 'active'
         from namespace, generate_series($1::int, $2::int) as n where namespace.name = 'library'
         returning repository.id`,
        [made, made + count - 1],
      );
      made += count;
      return rows.map(({ id }) => id);
    },
    async close() {
      assert.equal(engine.failing, undefined);
      // What is not confirmed beyond a thousand is not merged.
      if (confirms) assert.equal(postgres.asked, 0, 'PostgreSQL answered for Meilisearch');
      await context.close();
      await own.drop();
      await server.stop();
    },
  };
}

describe('with a real Meilisearch', { skip: noMeilisearch }, () => {
  searchEngineContract('MeilisearchEngine, all confirmed', () => open(true));
  searchEngineContract('MeilisearchEngine, nothing confirmed', () => open(false));
});
