import { RepositoriesModule } from '@central-index/repositories';
import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module';
import { V2Controller } from './v2.controller';

/** The index's own distribution API: `/v2/` and `/v2/_catalog`. */
@Module({ imports: [AccessModule, RepositoriesModule], controllers: [V2Controller] })
export class V2Module {}
