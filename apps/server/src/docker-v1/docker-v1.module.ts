import { AccountsModule } from '@central-index/accounts';
import { V1RepositoriesModule } from '@central-index/docker-v1';
import { NamespacesModule } from '@central-index/namespaces';
import { SearchModule } from '@central-index/search';
import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module';
import { TokenModule } from '../token/token.module';
import { PingController } from './ping.controller';
import { V1RepositoriesController } from './repositories.controller';
import { SearchCaller } from './search-caller';
import { V1SearchController } from './search.controller';
import { V1UsersController } from './users.controller';
import { V1Caller } from './v1-caller';

/** The index protocol v1 of Docker: `/v1/_ping`, `/v1/search`, `/v1/users` and `/v1/repositories`. */
@Module({
  imports: [AccessModule, AccountsModule, NamespacesModule, SearchModule, TokenModule, V1RepositoriesModule],
  controllers: [PingController, V1SearchController, V1UsersController, V1RepositoriesController],
  providers: [SearchCaller, V1Caller],
})
export class DockerV1Module {}
