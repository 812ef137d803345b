import { AccountsModule } from '@central-index/accounts';
import { AuditModule } from '@central-index/audit';
import { NamespacesModule } from '@central-index/namespaces';
import { RegistriesModule } from '@central-index/registries';
import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ActivityService } from './activity/activity.service';
import { CatalogService } from './repository/catalog.service';
import { DeletedAccountsService } from './repository/deleted-accounts.service';
import { ImportService } from './import/import.service';
import { ManifestRequestEntity } from './pulls/manifest-request.entity';
import { ManifestEntity } from './images/manifest.entity';
import { OfficialRepositoriesService } from './official-repositories.service';
import { PlacementRuleEntity } from './placement/placement-rule.entity';
import { PlacementRulesService } from './placement/placement-rules.service';
import { PlacementsService } from './placement/placements.service';
import { PullCountEntity } from './pulls/pull-count.entity';
import { UniquePullEntity } from './pulls/unique-pull.entity';
import { PullCounter } from './pulls/pull-counter';
import { UniquePulls } from './pulls/unique-pulls';
import { PullsService } from './pulls/pulls.service';
import { PushGrantEntity } from './placement/push-grant.entity';
import { PublicNamesService } from './repository/public-names.service';
import { RepositoriesService } from './repository/repositories.service';
import { RepositoryEntity } from './repository/repository.entity';
import { RepositoryFactsService } from './repository/repository-facts.service';
import { RepositoryReader } from './repository/repository-reader';
import { SearchableRepositories } from './repository/searchable-repositories';
import { StarEntity } from './repository/star.entity';
import { StarsService } from './repository/stars.service';
import { TagEntity } from './images/tag.entity';
import { TagHistoryEntity } from './images/tag-history.entity';
import { TagsService } from './images/tags.service';

const entities = [
  RepositoryEntity,
  ManifestEntity,
  TagEntity,
  TagHistoryEntity,
  StarEntity,
  PushGrantEntity,
  PullCountEntity,
  ManifestRequestEntity,
  UniquePullEntity,
  PlacementRuleEntity,
];
const services = [
  RepositoriesService,
  RepositoryFactsService,
  SearchableRepositories,
  CatalogService,
  StarsService,
  DeletedAccountsService,
  TagsService,
  OfficialRepositoriesService,
  ImportService,
  PlacementsService,
  PlacementRulesService,
  PullCounter,
  PullsService,
  ActivityService,
  PublicNamesService,
];

/** Repositories, their images, placement and pulls. */
@Module({
  imports: [
    AccountsModule,
    NamespacesModule,
    RegistriesModule,
    AuditModule,
    TypeOrmModule.forFeature(entities),
  ],
  providers: [...services, RepositoryReader, UniquePulls],
  exports: services,
})
export class RepositoriesModule {}
