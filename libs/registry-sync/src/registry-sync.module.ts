import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { AccountsModule } from '@central-index/accounts';
import { AuditModule } from '@central-index/audit';
import { NamespacesModule } from '@central-index/namespaces';
import { TypeOrmModule } from '@nestjs/typeorm';
import { RegistriesModule, RegistryClient, RegistryCopier, RegistryProbe } from '@central-index/registries';
import { OperationEntity } from './operations/operation.entity';
import { MissingTagEntity } from './reconcile/missing-tag.entity';
import { RegistryReconcileEntity } from './reconcile/registry-reconcile.entity';
import { TagDeletionEntity } from './lifecycle/tag-deletion.entity';
import { AdoptionService } from './lifecycle/adoption.service';
import { ContentsReader } from './contents/contents-reader';
import { ContentsService } from './contents/contents.service';
import { OperationsService } from './operations/operations.service';
import { ImageReader } from './contents/image-reader';
import { MissingTagsService } from './reconcile/missing-tags.service';
import { MovesService } from './lifecycle/moves.service';
import { ReconcilerService } from './reconcile/reconciler.service';
import { RegistryDoctor } from './doctor/registry-doctor.service';
import { ImageDeletionService } from './lifecycle/image-deletion.service';
import { EventProcessorService } from './event-processing/event-processor.service';
import { RepositoriesModule } from '@central-index/repositories';
import { RepositoryEventApplier } from './event-processing/repository-event-applier';
import { ReconcileResultsService } from './reconcile/reconcile-results.service';
import { TagDeletionsService } from './lifecycle/tag-deletions.service';

/** What asks registries about repositories. Apart from RepositoriesModule because it needs tokens to ask with. */
@Module({})
export class RegistrySyncModule {
  /** With tokens from a module that exports a RegistryTokenSource. */
  static using(tokens: Type): DynamicModule {
    return {
      module: RegistrySyncModule,
      imports: [
        AccountsModule,
        AuditModule,
        NamespacesModule,
        RegistriesModule,
        RepositoriesModule,
        TypeOrmModule.forFeature([
          OperationEntity,
          MissingTagEntity,
          RegistryReconcileEntity,
          TagDeletionEntity,
        ]),
        tokens,
      ],
      providers: [
        EventProcessorService,
        RepositoryEventApplier,
        AdoptionService,
        ContentsReader,
        ContentsService,
        OperationsService,
        ImageReader,
        MissingTagsService,
        ReconcilerService,
        ImageDeletionService,
        ReconcileResultsService,
        TagDeletionsService,
        MovesService,
        RegistryClient,
        RegistryCopier,
        RegistryDoctor,
        RegistryProbe,
      ],
      exports: [
        EventProcessorService,
        AdoptionService,
        OperationsService,
        MovesService,
        ReconcilerService,
        RegistryDoctor,
        ImageDeletionService,
        ReconcileResultsService,
        TagDeletionsService,
      ],
    };
  }
}
