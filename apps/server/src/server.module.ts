import { ConfigModule, ConfigurationError, type Config } from '@central-index/platform/config';
import { DatabaseModule } from '@central-index/platform/database';
import { JobsModule } from '@central-index/platform/jobs';
import { LoggingModule, type Logger } from '@central-index/platform/logging';
import { Module, type DynamicModule } from '@nestjs/common';
import { AccessModule } from './access/access.module';
import { AdminModule } from './admin/admin.module';
import { ApiModule } from './api/api.module';
import { DockerV1Module } from './docker-v1/docker-v1.module';
import { HooksModule } from './hooks/hooks.module';
import { ProbesModule } from './probes/probes.module';
import { TokenModule } from './token/token.module';
import { V2Module } from './v2/v2.module';
import { WebModule } from './web/web.module';

/** The composition root of a server: the platform, the access guard, and one module per HTTP surface. */
@Module({})
export class ServerModule {
  /** Throws a ConfigurationError without DATABASE_URL or SECRET_KEY. */
  static forRoot(config: Config, logger: Logger): DynamicModule {
    const { url } = config.database;
    if (url === undefined || config.secretKey === undefined) {
      throw new ConfigurationError(
        'a server needs DATABASE_URL and SECRET_KEY; `central-index start` sets both',
      );
    }
    return {
      module: ServerModule,
      imports: [
        ConfigModule.forRoot(config),
        LoggingModule.forRoot(logger),
        DatabaseModule.forRoot({ url, role: 'server', secretKey: config.secretKey }),
        JobsModule,
        AccessModule,
        ProbesModule,
        HooksModule,
        TokenModule,
        V2Module,
        DockerV1Module,
        ApiModule,
        AdminModule,
        WebModule,
      ],
    };
  }
}
