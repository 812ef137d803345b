import { Module, type FactoryProvider } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { CONFIG, type Config } from '@central-index/platform/config';
import { Database } from '@central-index/platform/database';
import { LOGGER, type Logger } from '@central-index/platform/logging';
import { RepositoriesModule } from '@central-index/repositories';
import { DocumentCheck } from './maintenance/document-check';
import { MeilisearchConnection } from './meilisearch/connection';
import { MeilisearchEngine } from './meilisearch/meilisearch.engine';
import { MirrorCheck } from './replication/replica-check';
import { MirrorRebuild } from './replication/replica-rebuild';
import { MirrorStates } from './replication/replica-state';
import { PostgresListCheck } from './maintenance/posting-check';
import { PostgresPacking } from './maintenance/index-maintenance';
import { PostgresEngine } from './postgres/postgres.engine';
import { SearchDocumentEntity } from './postgres/storage/search-document.entity';
import { SearchEngine } from './engine/search-engine';
import { SearchMirrorEntity } from './replication/search-replica.entity';
import { SearchMirror } from './replication/replica.service';
import { SearchOutbox } from './replication/search-outbox';
import { SearchOutboxEntity } from './replication/search-outbox.entity';
import { SearchPostingEntity } from './postgres/storage/search-posting.entity';
import { SearchSpellingEntity } from './postgres/storage/search-spelling.entity';
import { SearchSync } from './maintenance/search-sync.service';
import { SearchUpkeep } from './maintenance/search-maintenance.service';
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

const upkeep: FactoryProvider<SearchUpkeep> = {
  provide: SearchUpkeep,
  inject: [
    CONFIG,
    LOGGER,
    Database,
    SearchSync,
    DocumentCheck,
    PostgresListCheck,
    SearchOutbox,
    PostgresPacking,
    SearchEngine,
    MirrorStates,
    MirrorRebuild,
    MirrorCheck,
  ],
  useFactory: (
    { meilisearch }: Config,
    logger: Logger,
    database: Database,
    sync: SearchSync,
    documents: DocumentCheck,
    lists: PostgresListCheck,
    outbox: SearchOutbox,
    packing: PostgresPacking,
    inUse: SearchEngine,
    states: MirrorStates,
    rebuild: MirrorRebuild,
    check: MirrorCheck,
  ) => {
    if (meilisearch === undefined || !(inUse instanceof MeilisearchEngine)) {
      return new SearchUpkeep(database, sync, documents, lists, outbox, packing, logger, undefined);
    }
    const connection = new MeilisearchConnection('write', meilisearch);
    const mirror = new SearchMirror(connection, states, outbox, rebuild, check, logger);
    return new SearchUpkeep(database, sync, documents, lists, outbox, packing, logger, {
      engine: inUse,
      mirror,
    });
  },
};

/** Gives an app search, and the means to keep it right. */
@Module({
  imports: [
    RepositoriesModule,
    TypeOrmModule.forFeature([
      SearchDocumentEntity,
      SearchMirrorEntity,
      SearchOutboxEntity,
      SearchPostingEntity,
      SearchSpellingEntity,
    ]),
  ],
  providers: [
    PostgresEngine,
    PostgresPacking,
    engine,
    SearchService,
    SearchSync,
    DocumentCheck,
    PostgresListCheck,
    SearchOutbox,
    MirrorStates,
    MirrorRebuild,
    MirrorCheck,
    upkeep,
  ],
  exports: [SearchService, SearchSync, SearchUpkeep],
})
export class SearchModule {}
