import { Global, Module } from '@nestjs/common';
import { Jobs } from './jobs';

/** Provides `Jobs` to every library. */
@Global()
@Module({ providers: [Jobs], exports: [Jobs] })
export class JobsModule {}
