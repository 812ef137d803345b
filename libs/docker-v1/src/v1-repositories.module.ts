import { RegistriesModule } from '@central-index/registries';
import { RepositoriesModule } from '@central-index/repositories';
import { TokensModule } from '@central-index/tokens';
import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DeletionsService } from './deletions.service';
import { ImagesService } from './images.service';
import { PushesService } from './pushes.service';
import { TokenCallers } from './token-callers.service';
import { V1DeletionEntity } from './v1-deletion.entity';
import { V1ImageEntity } from './v1-image.entity';
import { V1Placement } from './v1-placement.service';

/** Repositories on v1 registries. */
@Module({
  imports: [
    TypeOrmModule.forFeature([V1ImageEntity, V1DeletionEntity]),
    RegistriesModule,
    RepositoriesModule,
    TokensModule,
  ],
  providers: [DeletionsService, ImagesService, PushesService, TokenCallers, V1Placement],
  exports: [DeletionsService, ImagesService, PushesService],
})
export class V1RepositoriesModule {}
