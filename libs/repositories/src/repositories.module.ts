import { AccountsModule } from '@central-index/accounts';
import { AuditModule } from '@central-index/audit';
import { NamespacesModule } from '@central-index/namespaces';
import { RegistriesModule } from '@central-index/registries';
import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { CatalogService } from './catalog.service';
import { ErrandEntity } from './errand.entity';
import { ImportService } from './import.service';
import { ManifestRequestEntity } from './manifest-request.entity';
import { ManifestEntity } from './manifest.entity';
import { MissingTagEntity } from './missing-tag.entity';
import { OfficialRepositoriesService } from './official-repositories.service';
import { PlacementRuleEntity } from './placement-rule.entity';
import { PlacementRulesService } from './placement-rules.service';
import { PlacementsService } from './placements.service';
import { PullCountEntity } from './pull-count.entity';
import { PullVisitorEntity } from './pull-visitor.entity';
import { PullsService } from './pulls.service';
import { PushGrantEntity } from './push-grant.entity';
import { RegistrySweepEntity } from './registry-sweep.entity';
import { RepositoriesService } from './repositories.service';
import { RepositoryEntity } from './repository.entity';
import { StarEntity } from './star.entity';
import { StarsService } from './stars.service';
import { SweepsService } from './sweeps.service';
import { TagEntity } from './tag.entity';
import { TagHistoryEntity } from './tag-history.entity';
import { TagRemovalEntity } from './tag-removal.entity';
import { TagsService } from './tags.service';

const entities = [
  RepositoryEntity,
  ManifestEntity,
  TagEntity,
  TagHistoryEntity,
  TagRemovalEntity,
  StarEntity,
  PushGrantEntity,
  PullCountEntity,
  ManifestRequestEntity,
  PullVisitorEntity,
  RegistrySweepEntity,
  MissingTagEntity,
  PlacementRuleEntity,
  ErrandEntity,
];
const services = [
  RepositoriesService,
  CatalogService,
  StarsService,
  TagsService,
  OfficialRepositoriesService,
  ImportService,
  PlacementsService,
  PlacementRulesService,
  PullsService,
  SweepsService,
];

/** Gives an app the repositories. */
@Module({
  imports: [
    AccountsModule,
    NamespacesModule,
    RegistriesModule,
    AuditModule,
    TypeOrmModule.forFeature(entities),
  ],
  providers: services,
  exports: services,
})
export class RepositoriesModule {}
