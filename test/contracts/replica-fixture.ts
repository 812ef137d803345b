import { Database } from '@central-index/platform/database';
import { createLogger, type Logger } from '@central-index/platform/logging';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { masterKey } from '../support/meilisearch-server';
import { openTestModule } from '../support/test-module';
import type { INestApplicationContext } from '@nestjs/common';
import { MeilisearchConnection, type MeilisearchServer } from '../../libs/search/src/meilisearch/connection';
import { ReplicaCheck } from '../../libs/search/src/replication/replica-check';
import { ReplicaRebuild } from '../../libs/search/src/replication/replica-rebuild';
import { ReplicaStates } from '../../libs/search/src/replication/replica-state';
import { SearchReplica } from '../../libs/search/src/replication/replica.service';
import { SearchOutbox } from '../../libs/search/src/replication/search-outbox';

/** A replica on a database and a Meilisearch of a spec's own; its rounds are run by the spec. */
export class ReplicaFixture {
  readonly outbox: SearchOutbox;
  readonly states: ReplicaStates;
  readonly logger: Logger = createLogger({ level: 'fatal', format: 'json', role: 'test', to: 2 });
  readonly at: MeilisearchServer;
  readonly replica: SearchReplica;
  private made = 0;

  private constructor(
    readonly database: Database,
    private readonly own: TestDatabase,
    private readonly context: INestApplicationContext,
    private readonly server: { url: string; stop(): Promise<void> },
  ) {
    this.outbox = new SearchOutbox(database);
    this.states = new ReplicaStates(database);
    this.at = { url: server.url, key: masterKey, searchKey: undefined };
    this.replica = new SearchReplica(
      new MeilisearchConnection('write', this.at),
      this.states,
      this.outbox,
      new ReplicaRebuild(database, this.states, this.outbox),
      new ReplicaCheck(database),
      this.logger,
    );
  }

  static async open(server: { url: string; stop(): Promise<void> }): Promise<ReplicaFixture> {
    const own = await createTestDatabase();
    const context = await openTestModule(own, []);
    return new ReplicaFixture(context.get(Database), own, context, server);
  }

  /** Makes repositories, ids ascending. */
  async repositories(count: number): Promise<string[]> {
    const rows = await this.database.rows<{ id: string }>(
      `insert into repository (namespace_id, path, name, state)
       select id, 'library/r' || n, 'r' || n, 'active'
       from namespace, generate_series($1::int, $2::int) as n where namespace.name = 'library'
       returning repository.id`,
      [this.made, this.made + count - 1],
    );
    this.made += count;
    return rows.map(({ id }) => id);
  }

  async close(): Promise<void> {
    await this.context.close();
    await this.own.drop();
    await this.server.stop();
  }
}
