import { Module } from '@nestjs/common';
import { RegistriesModule, RegistryClientModule } from '@central-index/registries';
import { ContentsService } from './contents.service';
import { ImageReader } from './image-reader';
import { ReportsService } from './reports.service';
import { RepositoryReports } from './repository-reports';

/**
 * What asks registries about repositories. Apart from RepositoriesModule because it needs a RegistryTokenSource, which
 * an app that imports it must provide globally.
 */
@Module({
  imports: [RegistriesModule, RegistryClientModule],
  providers: [ReportsService, RepositoryReports, ImageReader, ContentsService],
  exports: [ReportsService],
})
export class ReportsModule {}
