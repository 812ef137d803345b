import { Module, type DynamicModule } from '@nestjs/common';
import { AuditModule } from '@central-index/audit';
import { ConfigModule, ConfigurationError, type Config } from '@central-index/platform/config';
import { V1RepositoriesModule } from '@central-index/docker-v1';
import { DatabaseModule } from '@central-index/platform/database';
import { JobsModule } from '@central-index/platform/jobs';
import { LoggingModule, type Logger } from '@central-index/platform/logging';
import { RegistrySyncModule } from '@central-index/registry-sync';
import { SearchModule } from '@central-index/search';
import { TokensModule } from '@central-index/tokens';

/** The libraries whose jobs a worker runs. */
@Module({})
export class WorkerModule {
  /** Throws a ConfigurationError without DATABASE_URL or SECRET_KEY. */
  static forRoot(config: Config, logger: Logger): DynamicModule {
    const { url } = config.database;
    if (url === undefined || config.secretKey === undefined) {
      throw new ConfigurationError(
        'a worker needs DATABASE_URL and SECRET_KEY; `central-index start` sets both',
      );
    }
    return {
      module: WorkerModule,
      imports: [
        ConfigModule.forRoot(config),
        LoggingModule.forRoot(logger),
        DatabaseModule.forRoot({ url, role: 'worker', secretKey: config.secretKey }),
        JobsModule,
        AuditModule,
        SearchModule,
        RegistrySyncModule.using(TokensModule),
        V1RepositoriesModule,
      ],
    };
  }
}
