import { Global, Module, type DynamicModule } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { LOGGER, type Logger } from '@central-index/platform/logging';
import { ChangeListener } from './change-listener';
import { Database } from './database';
import { databaseOptions } from './database-options';
import { Sealer } from './sealer';

/** Connects one process. Libraries add their entities with `TypeOrmModule.forFeature`. */
@Global()
@Module({})
export class DatabaseModule {
  static forRoot(options: {
    url: string;
    role: string;
    secretKey: string;
    poolSize?: number;
  }): DynamicModule {
    return {
      module: DatabaseModule,
      imports: [
        TypeOrmModule.forRoot({
          ...databaseOptions(options.url, options.role, options.poolSize),
          autoLoadEntities: true,
          retryAttempts: 3,
          retryDelay: 1000,
        }),
      ],
      providers: [
        Database,
        {
          provide: ChangeListener,
          useFactory: (logger: Logger) => new ChangeListener(options, logger),
          inject: [LOGGER],
        },
        { provide: Sealer, useValue: new Sealer(options.secretKey) },
      ],
      exports: [ChangeListener, Database, Sealer],
    };
  }
}
