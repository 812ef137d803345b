import { RegistriesModule } from '@central-index/registries';
import { RepositoriesModule } from '@central-index/repositories';
import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module';
import { V2Authenticator } from './v2-authenticator';
import { V2RepositoriesController } from './v2-repositories.controller';
import { V2Controller } from './v2.controller';

/** The index's own distribution API: `/v2/`, `/v2/_catalog`, and where repositories are. */
@Module({
  imports: [AccessModule, RegistriesModule, RepositoriesModule],
  controllers: [V2Controller, V2RepositoriesController],
  providers: [V2Authenticator],
})
export class V2Module {}
