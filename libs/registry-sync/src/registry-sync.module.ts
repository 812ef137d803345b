import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { AccountsModule } from '@central-index/accounts';
import { AuditModule } from '@central-index/audit';
import { NamespacesModule } from '@central-index/namespaces';
import { TypeOrmModule } from '@nestjs/typeorm';
import { RegistriesModule, RegistryClient, RegistryCopier, RegistryProbe } from '@central-index/registries';
import { ErrandEntity } from './operations/operation.entity';
import { MissingTagEntity } from './reconcile/missing-tag.entity';
import { RegistrySweepEntity } from './reconcile/registry-reconcile.entity';
import { TagRemovalEntity } from './lifecycle/tag-deletion.entity';
import { AdoptionService } from './lifecycle/adoption.service';
import { ContentsReader } from './contents/contents-reader';
import { ContentsService } from './contents/contents.service';
import { ErrandsService } from './operations/operations.service';
import { ImageReader } from './contents/image-reader';
import { LossesService } from './reconcile/missing-tags.service';
import { MovesService } from './lifecycle/moves.service';
import { ReconcilerService } from './reconcile/reconciler.service';
import { RegistryDoctor } from './doctor/registry-doctor.service';
import { RemovalsService } from './lifecycle/image-deletion.service';
import { ReportsService } from './event-processing/event-processor.service';
import { RepositoriesModule } from '@central-index/repositories';
import { RepositoryReports } from './event-processing/repository-event-applier';
import { SweepsService } from './reconcile/reconcile-results.service';
import { TagRemovalsService } from './lifecycle/tag-deletions.service';

/** What asks registries about repositories. Apart from RepositoriesModule because it needs tokens to ask with. */
@Module({})
export class ReportsModule {
  /** With tokens from a module that exports a RegistryTokenSource. */
  static using(tokens: Type): DynamicModule {
    return {
      module: ReportsModule,
      imports: [
        AccountsModule,
        AuditModule,
        NamespacesModule,
        RegistriesModule,
        RepositoriesModule,
        TypeOrmModule.forFeature([ErrandEntity, MissingTagEntity, RegistrySweepEntity, TagRemovalEntity]),
        tokens,
      ],
      providers: [
        ReportsService,
        RepositoryReports,
        AdoptionService,
        ContentsReader,
        ContentsService,
        ErrandsService,
        ImageReader,
        LossesService,
        ReconcilerService,
        RemovalsService,
        SweepsService,
        TagRemovalsService,
        MovesService,
        RegistryClient,
        RegistryCopier,
        RegistryDoctor,
        RegistryProbe,
      ],
      exports: [
        ReportsService,
        AdoptionService,
        ErrandsService,
        MovesService,
        ReconcilerService,
        RegistryDoctor,
        RemovalsService,
        SweepsService,
        TagRemovalsService,
      ],
    };
  }
}
