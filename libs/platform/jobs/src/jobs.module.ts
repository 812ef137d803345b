import { Global, Module } from '@nestjs/common';
import { Jobs } from './jobs';

/** Gives every room the means to state facts. */
@Global()
@Module({ providers: [Jobs], exports: [Jobs] })
export class JobsModule {}
