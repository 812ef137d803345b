import { Module, type DynamicModule } from '@nestjs/common';
import type { Logger } from './logger';

/** Injection token of the process's logger. */
export const LOGGER = Symbol('LOGGER');

/** Provides the logger of the process to every library, under the token LOGGER. */
@Module({})
export class LoggingModule {
  static forRoot(logger: Logger): DynamicModule {
    return {
      module: LoggingModule,
      global: true,
      providers: [{ provide: LOGGER, useValue: logger }],
      exports: [LOGGER],
    };
  }
}
