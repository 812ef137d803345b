import { Module, type FactoryProvider } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { CONFIG, type Config } from '@central-index/platform/config';
import { RepositoriesModule } from '@central-index/repositories';
import { AnonymousSearch } from './anonymous-search';
import { SearchEngine } from './engine/search-engine';
import { DocumentCheck } from './maintenance/document-check';
import { IndexMaintenance } from './maintenance/index-maintenance';
import { PostingCheck } from './maintenance/posting-check';
import { SearchCheck } from './maintenance/search-check';
import { SearchMaintenance } from './maintenance/search-maintenance.service';
import { SearchStatus } from './maintenance/search-status';
import { SearchSync } from './maintenance/search-sync.service';
import { SearchConnection, WriteConnection } from './meilisearch/connection';
import { DocumentLoader } from './meilisearch/document-loader';
import { MeilisearchEngine } from './meilisearch/meilisearch.engine';
import { PendingDocuments } from './meilisearch/pending-documents';
import { FilterCountsService } from './filter-counts.service';
import { PostgresEngine } from './postgres/postgres.engine';
import { SearchDocumentEntity } from './postgres/storage/search-document.entity';
import { SearchPostingEntity } from './postgres/storage/search-posting.entity';
import { SearchSpellingEntity } from './postgres/storage/search-spelling.entity';
import { MeilisearchReplica } from './replication/meilisearch-replica';
import { NoReplica, Replica } from './replication/replica';
import { ReplicaCheck } from './replication/replica-check';
import { ReplicaRebuild } from './replication/replica-rebuild';
import { ReplicaStates } from './replication/replica-state';
import { ReplicaWriter } from './replication/replica-writer';
import { SearchOutbox } from './replication/search-outbox';
import { SearchOutboxEntity } from './replication/search-outbox.entity';
import { SearchReplicaEntity } from './replication/search-replica.entity';
import { SearchService } from './search.service';

const engine: FactoryProvider<SearchEngine> = {
  provide: SearchEngine,
  inject: [CONFIG, PostgresEngine, MeilisearchEngine],
  useFactory: ({ meilisearch }: Config, postgres: PostgresEngine, withReplica: MeilisearchEngine) =>
    meilisearch === undefined ? postgres : withReplica,
};

const replica: FactoryProvider<Replica> = {
  provide: Replica,
  inject: [CONFIG, NoReplica, MeilisearchReplica],
  useFactory: ({ meilisearch }: Config, none: NoReplica, inMeilisearch: MeilisearchReplica) =>
    meilisearch === undefined ? none : inMeilisearch,
};

const meilisearch = [SearchConnection, WriteConnection, PendingDocuments, DocumentLoader, MeilisearchEngine];
const replication = [
  SearchOutbox,
  ReplicaStates,
  ReplicaWriter,
  ReplicaRebuild,
  ReplicaCheck,
  NoReplica,
  MeilisearchReplica,
  replica,
];
const maintenance = [
  SearchSync,
  DocumentCheck,
  PostingCheck,
  SearchCheck,
  IndexMaintenance,
  SearchStatus,
  SearchMaintenance,
];

/** Search of repositories, and its maintenance. Without MEILI_URL, what concerns Meilisearch is constructed but unused. */
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
    ...meilisearch,
    engine,
    ...replication,
    ...maintenance,
    SearchService,
    AnonymousSearch,
    FilterCountsService,
  ],
  exports: [SearchService, FilterCountsService, AnonymousSearch, SearchSync, SearchMaintenance],
})
export class SearchModule {}
