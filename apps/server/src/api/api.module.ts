import { AccountsModule } from '@central-index/accounts';
import { NamespacesModule } from '@central-index/namespaces';
import { RepositoriesModule } from '@central-index/repositories';
import { SearchModule } from '@central-index/search';
import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module';
import { registrySyncModule } from '../registry-sync.module';
import { AccessTokensController } from './access-tokens.controller';
import { ApiDocsController } from './api-docs.controller';
import { ApiIndexController } from './api-index.controller';
import { ApiDocument } from './api-document';
import { LoginController } from './login.controller';
import { NamespacesController } from './namespaces.controller';
import { PasswordResetsController } from './password-resets.controller';
import { PullsController } from './pulls.controller';
import { RefreshTokensController } from './refresh-tokens.controller';
import { RepositoriesController } from './repositories.controller';
import { SearchController } from './search.controller';
import { SessionsController } from './sessions.controller';
import { StarsController } from './stars.controller';
import { TagsController } from './tags.controller';
import { UserController } from './user.controller';
import { UsersController } from './users.controller';

/** The REST API `/api/v1` without its administration, and its documentation. */
@Module({
  imports: [
    AccessModule,
    AccountsModule,
    NamespacesModule,
    RepositoriesModule,
    SearchModule,
    registrySyncModule,
  ],
  controllers: [
    ApiIndexController,
    ApiDocsController,
    UsersController,
    LoginController,
    PasswordResetsController,
    UserController,
    AccessTokensController,
    RefreshTokensController,
    SessionsController,
    SearchController,
    NamespacesController,
    RepositoriesController,
    PullsController,
    StarsController,
    TagsController,
  ],
  providers: [ApiDocument],
})
export class ApiModule {}
