import { Global, Module } from '@nestjs/common';
import { Jobs } from './jobs';
import { Purges } from './purges';

/** Provides `Jobs` and `Purges` to every library. */
@Global()
@Module({ providers: [Jobs, Purges], exports: [Jobs, Purges] })
export class JobsModule {}
