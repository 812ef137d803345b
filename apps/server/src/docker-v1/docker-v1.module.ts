import { NamespacesModule } from '@central-index/namespaces';
import { SearchModule } from '@central-index/search';
import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module';
import { PingController } from './ping.controller';
import { SearchCaller } from './search-caller';
import { V1SearchController } from './search.controller';

/** The index v1 protocol of Docker: `/v1/_ping` and `/v1/search`. */
@Module({
  imports: [AccessModule, NamespacesModule, SearchModule],
  controllers: [PingController, V1SearchController],
  providers: [SearchCaller],
})
export class DockerV1Module {}
