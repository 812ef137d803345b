import { Module, type FactoryProvider } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { CONFIG, type Config } from '@central-index/platform/config';
import { Database } from '@central-index/platform/database';
import { LOGGER, type Logger } from '@central-index/platform/logging';
import { RepositoriesModule } from '@central-index/repositories';
import { DocumentCheck } from './maintenance/document-check';
import { MeilisearchConnection } from './meilisearch/connection';
import { MeilisearchEngine } from './meilisearch/meilisearch.engine';
import { ReplicaCheck } from './replication/replica-check';
import { ReplicaRebuild } from './replication/replica-rebuild';
import { ReplicaStates } from './replication/replica-state';
import { PostingCheck } from './maintenance/posting-check';
import { IndexMaintenance } from './maintenance/index-maintenance';
import { PostgresEngine } from './postgres/postgres.engine';
import { SearchDocumentEntity } from './postgres/storage/search-document.entity';
import { SearchEngine } from './engine/search-engine';
import { SearchReplicaEntity } from './replication/search-replica.entity';
import { SearchReplica } from './replication/replica.service';
import { SearchOutbox } from './replication/search-outbox';
import { SearchOutboxEntity } from './replication/search-outbox.entity';
import { SearchPostingEntity } from './postgres/storage/search-posting.entity';
import { SearchSpellingEntity } from './postgres/storage/search-spelling.entity';
import { SearchSync } from './maintenance/search-sync.service';
import { SearchMaintenance } from './maintenance/search-maintenance.service';
import { SearchService } from './search.service';

/** The engine that searches go to: Meilisearch where there is one, with PostgreSQL behind it, else PostgreSQL. */
const engine: FactoryProvider<SearchEngine> = {
  provide: SearchEngine,
  inject: [CONFIG, PostgresEngine, Database, LOGGER],
  useFactory: ({ meilisearch }: Config, postgres: PostgresEngine, database: Database, logger: Logger) =>
    meilisearch === undefined
      ? postgres
      : new MeilisearchEngine(postgres, new MeilisearchConnection('search', meilisearch), database, logger),
};

const upkeep: FactoryProvider<SearchMaintenance> = {
  provide: SearchMaintenance,
  inject: [
    CONFIG,
    LOGGER,
    Database,
    SearchSync,
    DocumentCheck,
    PostingCheck,
    SearchOutbox,
    IndexMaintenance,
    SearchEngine,
    ReplicaStates,
    ReplicaRebuild,
    ReplicaCheck,
  ],
  useFactory: (
    { meilisearch }: Config,
    logger: Logger,
    database: Database,
    sync: SearchSync,
    documents: DocumentCheck,
    lists: PostingCheck,
    outbox: SearchOutbox,
    packing: IndexMaintenance,
    inUse: SearchEngine,
    states: ReplicaStates,
    rebuild: ReplicaRebuild,
    check: ReplicaCheck,
  ) => {
    if (meilisearch === undefined || !(inUse instanceof MeilisearchEngine)) {
      return new SearchMaintenance(database, sync, documents, lists, outbox, packing, logger, undefined);
    }
    const connection = new MeilisearchConnection('write', meilisearch);
    const replica = new SearchReplica(connection, states, outbox, rebuild, check, logger);
    return new SearchMaintenance(database, sync, documents, lists, outbox, packing, logger, {
      engine: inUse,
      replica,
    });
  },
};

/** Gives an app search, and the means to keep it right. */
@Module({
  imports: [
    RepositoriesModule,
    TypeOrmModule.forFeature([
      SearchDocumentEntity,
      SearchReplicaEntity,
      SearchOutboxEntity,
      SearchPostingEntity,
      SearchSpellingEntity,
    ]),
  ],
  providers: [
    PostgresEngine,
    IndexMaintenance,
    engine,
    SearchService,
    SearchSync,
    DocumentCheck,
    PostingCheck,
    SearchOutbox,
    ReplicaStates,
    ReplicaRebuild,
    ReplicaCheck,
    upkeep,
  ],
  exports: [SearchService, SearchSync, SearchMaintenance],
})
export class SearchModule {}
