import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { NamespacesModule } from '@central-index/namespaces';
import { RegistriesModule, RegistryClient, RegistryCopier, RegistryProbe } from '@central-index/registries';
import { AdoptionService } from './adoption.service';
import { ContentsReader } from './contents-reader';
import { ContentsService } from './contents.service';
import { ErrandsService } from './errands.service';
import { ImageReader } from './image-reader';
import { LossesService } from './losses.service';
import { MovesService } from './moves.service';
import { PullRecords } from './pull-records';
import { ReconcilerService } from './reconciler.service';
import { RegistryDoctor } from './registry-doctor.service';
import { RemovalsService } from './removals.service';
import { ReportsService } from './reports.service';
import { RepositoriesModule } from './repositories.module';
import { RepositoryReports } from './repository-reports';
import { SweepsService } from './sweeps.service';
import { TagRemovalsService } from './tag-removals.service';
import { Visitors } from './visitors';

/** What asks registries about repositories. Apart from RepositoriesModule because it needs tokens to ask with. */
@Module({})
export class ReportsModule {
  /** With tokens from a module that exports a RegistryTokenSource. */
  static using(tokens: Type): DynamicModule {
    return {
      module: ReportsModule,
      imports: [NamespacesModule, RegistriesModule, RepositoriesModule, tokens],
      providers: [
        ReportsService,
        RepositoryReports,
        AdoptionService,
        ContentsReader,
        ContentsService,
        ErrandsService,
        ImageReader,
        LossesService,
        PullRecords,
        ReconcilerService,
        RemovalsService,
        SweepsService,
        TagRemovalsService,
        MovesService,
        RegistryClient,
        RegistryCopier,
        RegistryDoctor,
        RegistryProbe,
        Visitors,
      ],
      exports: [
        ReportsService,
        AdoptionService,
        ErrandsService,
        MovesService,
        PullRecords,
        ReconcilerService,
        RegistryDoctor,
        RemovalsService,
        TagRemovalsService,
      ],
    };
  }
}
