import { sql } from '@central-index/platform/database';
import assert from 'node:assert/strict';
import { eventually } from '../../../../test/support/eventually';
import { FakeMeilisearch } from '../../../../test/support/fake-meilisearch';
import { MeilisearchServer, noMeilisearch } from '../../../../test/support/meilisearch-server';
import { LOGGER, type Logger } from '@central-index/platform/logging';
import { SearchConnection } from './connection';
import { DocumentLoader } from './document-loader';
import { MeilisearchEngine } from './meilisearch.engine';
import { PendingDocuments } from './pending-documents';
import { ReplicaFixture } from '../../../../test/contracts/replica-fixture';
import { PostgresEngine } from '../postgres/postgres.engine';
import {
  searchEngineContract,
  type EngineUnderTest,
} from '../../../../test/contracts/search-engine.contract';
import type { SearchDocument } from '../engine/search-document';
import type { CandidateRequest } from '../engine/search-engine';
import { describeUnless } from '../../../../test/support/jest';

/** Counts the searches in PostgreSQL that Meilisearch should have answered. */
class CountingPostgresEngine extends PostgresEngine {
  fallbacks = 0;

  override candidates(request: CandidateRequest) {
    const isBrowsing = request.query.text === '';
    if (request.order === 'relevance' && !request.skipCount && !isBrowsing) this.fallbacks += 1;
    return super.candidates(request);
  }
}

/** The engine, with writes that wait until Meilisearch has confirmed them. */
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

/** A Meilisearch, or its stand-in. */
interface Meilisearch {
  readonly url: string;
  stop(): Promise<void>;
}

async function open(start: () => Promise<Meilisearch>, confirms: boolean): Promise<EngineUnderTest> {
  const fixture = await ReplicaFixture.open(await start());
  const { database, replica, outbox } = fixture;
  const postgres = new CountingPostgresEngine(database);
  const engine = new ConfirmedEngine(
    postgres,
    fixture.context.get(SearchConnection),
    new PendingDocuments(database),
    new DocumentLoader(database),
    fixture.context.get<Logger>(LOGGER),
  );
  const confirmed = () =>
    eventually(async () => {
      await replica.round();
      assert.equal((await outbox.state()).pending, 0);
    }, 20_000).then(() => engine.invalidate());
  await replica.round();
  if (confirms) engine.confirm = confirmed;
  return {
    engine,
    async repositories(count) {
      await database.query(sql('delete from search_document'));
      await confirmed();
      return fixture.repositories(count);
    },
    async close() {
      assert.equal(engine.failing, undefined);
      // With more than 1,000 pending documents, searches use PostgreSQL.
      if (confirms) assert.equal(postgres.fallbacks, 0, 'PostgreSQL answered instead of Meilisearch');
      await fixture.close();
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
