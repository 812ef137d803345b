import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AccountsModule } from '@central-index/accounts';
import { AuditModule } from '@central-index/audit';
import { NamespacesModule } from '@central-index/namespaces';
import { RegistriesModule, RegistryClient, RegistryCopier, RegistryProbe } from '@central-index/registries';
import { RepositoriesModule } from '@central-index/repositories';
import { ContentsReader } from './contents/contents-reader';
import { ContentsService } from './contents/contents.service';
import { ReferrersReader } from './contents/referrers-reader';
import { ReferrersService } from './contents/referrers.service';
import { ImageDetailsService } from './contents/image-details.service';
import { ImageReader } from './contents/image-reader';
import { UnclaimedNames } from './contents/unclaimed-names';
import { BlobCheck } from './doctor/blob-check';
import { ContentsChecks } from './doctor/contents-checks';
import { NotificationCheck } from './doctor/notification-check';
import { RegistryDoctor } from './doctor/registry-doctor.service';
import { EventProcessorService } from './event-processing/event-processor.service';
import { ReferenceFetcher } from './event-processing/reference-fetcher';
import { RepositoryEventApplier } from './event-processing/repository-event-applier';
import { TrustedPushers } from './event-processing/trusted-pushers';
import { AdoptionService } from './lifecycle/adoption.service';
import { ImageDeletionService } from './lifecycle/image-deletion.service';
import { MovesService } from './lifecycle/moves.service';
import { RegistryTagDeletion } from './lifecycle/registry-tag-deletion';
import { TagDeletionEntity } from './lifecycle/tag-deletion.entity';
import { TagDeletionsService } from './lifecycle/tag-deletions.service';
import { OperationEntity } from './operations/operation.entity';
import { OperationsService } from './operations/operations.service';
import { MissingTagEntity } from './reconcile/missing-tag.entity';
import { MissingTagsService } from './reconcile/missing-tags.service';
import { ReconcileResultsService } from './reconcile/reconcile-results.service';
import { ReconcilerService } from './reconcile/reconciler.service';
import { RegistryReconcileEntity } from './reconcile/registry-reconcile.entity';
import { RegistryScanner } from './reconcile/registry-scanner';
import { RepositoryRefresh } from './reconcile/repository-refresh.service';
import { V1Checks } from './doctor/v1-checks';

const entities = [OperationEntity, MissingTagEntity, RegistryReconcileEntity, TagDeletionEntity];

const publicServices = [
  EventProcessorService,
  AdoptionService,
  OperationsService,
  MovesService,
  ReconcilerService,
  RegistryDoctor,
  ImageDeletionService,
  ReconcileResultsService,
  TagDeletionsService,
  ReferrersService,
  ImageDetailsService,
  RepositoryRefresh,
];

const privateServices = [
  BlobCheck,
  ContentsChecks,
  NotificationCheck,
  ContentsReader,
  ContentsService,
  ImageReader,
  MissingTagsService,
  ReferenceFetcher,
  ReferrersReader,
  RegistryScanner,
  RegistryTagDeletion,
  V1Checks,
  RepositoryEventApplier,
  TrustedPushers,
  UnclaimedNames,
  // Of registries, here because they need the tokens.
  RegistryClient,
  RegistryCopier,
  RegistryProbe,
];

/** Keeps repositories in sync with registries. Separate from RepositoriesModule because it needs tokens for registries. */
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
        TypeOrmModule.forFeature(entities),
        tokens,
      ],
      providers: [...publicServices, ...privateServices],
      exports: publicServices,
    };
  }
}
