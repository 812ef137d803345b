import { AccountsModule } from '@central-index/accounts';
import { TokensModule } from '@central-index/tokens';
import { Module } from '@nestjs/common';
import { APP_GUARD, APP_INTERCEPTOR } from '@nestjs/core';
import { AccessGuard } from './access.guard';
import { Authenticator } from './authenticator';
import { ChangeLimitsInterceptor } from './change-limits.interceptor';
import { IndexTokenAuthenticator } from './index-token-authenticator';
import { SessionCookie } from './session-cookie';

/** Applies the access guard and the limits on changes to every route, and exports what authenticates callers. */
@Module({
  imports: [AccountsModule, TokensModule],
  providers: [
    Authenticator,
    IndexTokenAuthenticator,
    SessionCookie,
    { provide: APP_GUARD, useClass: AccessGuard },
    { provide: APP_INTERCEPTOR, useClass: ChangeLimitsInterceptor },
  ],
  exports: [Authenticator, IndexTokenAuthenticator, SessionCookie],
})
export class AccessModule {}
