import { Module } from '@nestjs/common';
import { AccountsModule } from '@central-index/accounts';
import { AuditModule } from '@central-index/audit';
import { HealthModule } from '@central-index/health';
import { NamespacesModule } from '@central-index/namespaces';
import { RegistriesModule } from '@central-index/registries';
import { RepositoriesModule } from '@central-index/repositories';
import { SearchModule } from '@central-index/search';
import { TokensModule } from '@central-index/tokens';
import { AccessModule } from '../access/access.module';
import { registrySyncModule } from '../registry-sync.module';
import { LoginPageController } from './account/login.controller';
import { PasswordResetPageController } from './account/password-reset.controller';
import { PreferencesController } from './account/preferences.controller';
import { SignUpPageController } from './account/sign-up.controller';
import { adminControllers, adminProviders } from './admin/admin-pages';
import { Assets } from './assets/assets';
import { AssetsController } from './assets/assets.controller';
import { PageErrors } from './errors/page-errors';
import { HelpController } from './help/help.controller';
import { HomeController } from './home/home.controller';
import { FormSubmissions } from './rendering/form-submission';
import { FormTokens } from './rendering/form-tokens';
import { PageRenderer } from './rendering/page-renderer';
import { NewRepositoryController } from './repository/new.controller';
import { FeedController } from './repository/feed.controller';
import { PullsPageController } from './repository/pulls.controller';
import { RegistryReads } from './repository/registry-reads';
import { RepositoryPages } from './repository/repository-pages';
import { RepositoryPagesController } from './repository/repository-pages.controller';
import { RepositorySettingsController } from './repository/repository-settings.controller';
import { TagPageController } from './repository/tag.controller';
import { SearchPageController } from './search/search.controller';
import { AccountSettingsController } from './settings/account.controller';
import { SessionsPageController } from './settings/sessions.controller';
import { TokensPageController } from './settings/tokens.controller';
import { SitemapController } from './sitemap/sitemap.controller';
import { UserPageController } from './user/user.controller';

/** The pages: the index in a browser. */
@Module({
  imports: [
    AccessModule,
    AccountsModule,
    AuditModule,
    HealthModule,
    NamespacesModule,
    RegistriesModule,
    RepositoriesModule,
    SearchModule,
    TokensModule,
    registrySyncModule,
  ],
  controllers: [
    ...adminControllers,
    AccountSettingsController,
    AssetsController,
    FeedController,
    HelpController,
    HomeController,
    LoginPageController,
    NewRepositoryController,
    PasswordResetPageController,
    PreferencesController,
    PullsPageController,
    RepositoryPagesController,
    RepositorySettingsController,
    SearchPageController,
    SessionsPageController,
    SignUpPageController,
    SitemapController,
    TagPageController,
    TokensPageController,
    UserPageController,
  ],
  providers: [
    ...adminProviders,
    Assets,
    FormSubmissions,
    FormTokens,
    PageErrors,
    PageRenderer,
    RegistryReads,
    RepositoryPages,
  ],
  exports: [PageErrors],
})
export class WebModule {}
