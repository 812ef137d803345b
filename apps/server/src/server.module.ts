import { Module, type DynamicModule } from '@nestjs/common';
import { AccountsModule } from '@central-index/accounts';
import { AuditModule } from '@central-index/audit';
import { NamespacesModule } from '@central-index/namespaces';
import { ConfigModule, ConfigurationError, type Config } from '@central-index/platform/config';
import { DatabaseModule } from '@central-index/platform/database';
import { JobsModule } from '@central-index/platform/jobs';
import { LoggingModule, type Logger } from '@central-index/platform/logging';
import { RegistriesModule } from '@central-index/registries';
import { RegistrySyncModule } from '@central-index/registry-sync';
import { RepositoriesModule } from '@central-index/repositories';
import { SearchModule } from '@central-index/search';
import { TokensModule } from '@central-index/tokens';
import { AccessModule } from './access/access.module';
import { AuditController } from './admin/audit.controller';
import { OperationsController } from './admin/operations.controller';
import { MovesController } from './admin/moves.controller';
import { OfficialController } from './admin/official.controller';
import { ParkedEventsController } from './admin/parked-events.controller';
import { PlacementRulesController } from './admin/placement-rules.controller';
import { RegistriesController } from './admin/registries.controller';
import { RegistryMaintenanceController } from './admin/registry-maintenance.controller';
import { TokenExplanationsController } from './admin/token-explanations.controller';
import { AdminUsersController } from './admin/users.controller';
import { AccessTokensController } from './api/access-tokens.controller';
import { ApiDocsController } from './api/api-docs.controller';
import { ApiDocument } from './api/api-document';
import { RefreshTokensController } from './api/refresh-tokens.controller';
import { LoginController } from './api/login.controller';
import { PullsController } from './api/pulls.controller';
import { SearchController } from './api/search.controller';
import { RepositoriesController } from './api/repositories.controller';
import { StarsController } from './api/stars.controller';
import { TagsController } from './api/tags.controller';
import { UserController } from './api/user.controller';
import { UsersController } from './api/users.controller';
import { PingController } from './docker-v1/ping.controller';
import { SearchCaller } from './docker-v1/search-caller';
import { V1SearchController } from './docker-v1/search.controller';
import { RegistryEventsController } from './hooks/registry-events.controller';
import { ProbesController } from './probes/probes.controller';
import { RegistryMetrics } from './probes/registry-metrics';
import { Readiness } from './probes/readiness';
import { SearchMetrics } from './probes/search-metrics';
import { IndexTokenAuthenticator } from './token/index-token-authenticator';
import { SigningKeyInitializer } from './token/signing-key-initializer';
import { KeysController } from './token/keys.controller';
import { TokenCache } from './token/token-cache';
import { TokenRequestLimits } from './token/token-request-limits';
import { TokenController } from './token/token.controller';
import { V2Controller } from './v2/v2.controller';

/** The index over HTTP: every surface is wired here and nowhere else. */
@Module({})
export class ServerModule {
  static forRoot(config: Config, logger: Logger): DynamicModule {
    const { url } = config.database;
    if (url === undefined || config.secretKey === undefined) {
      throw new ConfigurationError(
        'a server needs DATABASE_URL and SECRET_KEY; `central-index start` gives it both',
      );
    }
    return {
      module: ServerModule,
      imports: [
        ConfigModule.forRoot(config),
        LoggingModule.forRoot(logger),
        DatabaseModule.forRoot({ url, role: 'server', secretKey: config.secretKey }),
        JobsModule,
        AuditModule,
        AccessModule,
        AccountsModule,
        NamespacesModule,
        RegistriesModule,
        RepositoriesModule,
        RegistrySyncModule.using(TokensModule),
        TokensModule,
        SearchModule,
      ],
      controllers: [
        ProbesController,
        ApiDocsController,
        RegistryEventsController,
        KeysController,
        TokenController,
        V2Controller,
        UsersController,
        LoginController,
        UserController,
        AccessTokensController,
        RefreshTokensController,
        SearchController,
        PingController,
        V1SearchController,
        RepositoriesController,
        PullsController,
        StarsController,
        TagsController,
        OfficialController,
        AdminUsersController,
        TokenExplanationsController,
        RegistriesController,
        RegistryMaintenanceController,
        ParkedEventsController,
        PlacementRulesController,
        MovesController,
        OperationsController,
        AuditController,
      ],
      providers: [
        Readiness,
        RegistryMetrics,
        ApiDocument,
        SigningKeyInitializer,
        IndexTokenAuthenticator,
        TokenRequestLimits,
        TokenCache,
        SearchCaller,
        SearchMetrics,
      ],
    };
  }
}
