import assert from 'node:assert/strict';
import { eventually } from '../../../../test/support/eventually';
import { FakeMeilisearch } from '../../../../test/support/fake-meilisearch';
import { MeilisearchServer, noMeilisearch } from '../../../../test/support/meilisearch-server';
import { MeilisearchConnection } from './connection';
import { MeilisearchEngine } from './meilisearch.engine';
import { ReplicaFixture } from '../../../../test/contracts/replica-fixture';
import { PostgresEngine } from '../postgres/postgres.engine';
import {
  searchEngineContract,
  type EngineUnderTest,
} from '../../../../test/contracts/search-engine.contract';
import type { SearchDocument } from '../engine/search-document';
import { describeUnless } from '../../../../test/support/jest';

/** Counts how often PostgreSQL is asked for what Meilisearch should answer. */
class WatchedPostgres extends PostgresEngine {
  asked = 0;

  override candidates(...wanted: Parameters<PostgresEngine['candidates']>) {
    if (wanted[0].order === 'relevance' && !wanted[0].skipCount) this.asked += 1;
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

/** Something that speaks as Meilisearch does. */
interface Meilisearch {
  readonly url: string;
  stop(): Promise<void>;
}

async function open(start: () => Promise<Meilisearch>, confirms: boolean): Promise<EngineUnderTest> {
  const world = await ReplicaFixture.open(await start());
  const { database, replica, outbox } = world;
  const postgres = new WatchedPostgres(database);
  const connection = new MeilisearchConnection('search', world.at);
  const engine = new ConfirmedEngine(postgres, connection, database, world.logger);
  const confirmed = () =>
    eventually(async () => {
      await replica.round();
      assert.equal((await outbox.state()).pending, 0);
    }, 20_000).then(() => engine.forget());
  await replica.round();
  if (confirms) engine.confirm = confirmed;
  return {
    engine,
    async repositories(count) {
      await database.rows('delete from search_document');
      await confirmed();
      return world.repositories(count);
    },
    async close() {
      assert.equal(engine.failing, undefined);
      // What is not confirmed beyond a thousand is not merged.
      if (confirms) assert.equal(postgres.asked, 0, 'PostgreSQL answered for Meilisearch');
      await world.close();
    },
  };
}

searchEngineContract('MeilisearchEngine on a stand-in, all confirmed', () =>
  open(() => FakeMeilisearch.start(), true),
);
describeUnless(noMeilisearch, 'with a real Meilisearch', () => {
  const start = () => MeilisearchServer.start();
  searchEngineContract('MeilisearchEngine, all confirmed', () => open(start, true));
  searchEngineContract('MeilisearchEngine, nothing confirmed', () => open(start, false));
});
