import { Module, type DynamicModule } from '@nestjs/common';
import type { Config } from './config';

/** Injection token of the frozen configuration. */
export const CONFIG = Symbol('CONFIG');

/** Provides the configuration to every library, under the token CONFIG. */
@Module({})
export class ConfigModule {
  static forRoot(config: Config): DynamicModule {
    return {
      module: ConfigModule,
      global: true,
      providers: [{ provide: CONFIG, useValue: config }],
      exports: [CONFIG],
    };
  }
}
