import { Database, sql } from '@central-index/platform/database';
import type { INestApplicationContext } from '@nestjs/common';
import { SearchModule } from '@central-index/search';
import { MeilisearchReplica } from '../../libs/search/src/replication/meilisearch-replica';
import { ReplicaStates } from '../../libs/search/src/replication/replica-state';
import { SearchOutbox } from '../../libs/search/src/replication/search-outbox';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { masterKey } from '../support/meilisearch-server';
import { openTestModule } from '../support/test-module';

/** Search with a database of the spec's own and the given Meilisearch. The spec runs the rounds of the replica. */
export class ReplicaFixture {
  readonly database: Database;
  readonly outbox: SearchOutbox;
  readonly states: ReplicaStates;
  readonly replica: MeilisearchReplica;
  private created = 0;

  private constructor(
    private readonly ownDatabase: TestDatabase,
    readonly context: INestApplicationContext,
    private readonly server: { stop(): Promise<void> },
  ) {
    this.database = context.get(Database);
    this.outbox = context.get(SearchOutbox);
    this.states = context.get(ReplicaStates);
    this.replica = context.get(MeilisearchReplica);
  }

  static async open(server: { url: string; stop(): Promise<void> }): Promise<ReplicaFixture> {
    const ownDatabase = await createTestDatabase();
    const environment = { MEILI_URL: server.url, MEILI_KEY: masterKey };
    return new ReplicaFixture(
      ownDatabase,
      await openTestModule(ownDatabase, [SearchModule], environment),
      server,
    );
  }

  /** Creates repositories and returns their ids in ascending order. */
  async repositories(count: number): Promise<string[]> {
    const rows = await this.database.query(
      sql<{ id: string }>(`insert into repository (namespace_id, path, name, state)
       select id, 'library/r' || n, 'r' || n, 'active'
       from namespace, generate_series($1::int, $2::int) as n where namespace.name = 'library'
       returning repository.id`),
      [this.created, this.created + count - 1],
    );
    this.created += count;
    return rows.map(({ id }) => id);
  }

  async close(): Promise<void> {
    await this.context.close();
    await this.ownDatabase.drop();
    await this.server.stop();
  }
}
