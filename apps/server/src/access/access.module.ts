import { AccountsModule } from '@central-index/accounts';
import { TokensModule } from '@central-index/tokens';
import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AccessGuard } from './access.guard';
import { Authenticator } from './authenticator';
import { IndexTokenAuthenticator } from './index-token-authenticator';
import { SessionCookie } from './session-cookie';

/** Applies the access guard to every route, and exports what authenticates callers. */
@Module({
  imports: [AccountsModule, TokensModule],
  providers: [
    Authenticator,
    IndexTokenAuthenticator,
    SessionCookie,
    { provide: APP_GUARD, useClass: AccessGuard },
  ],
  exports: [Authenticator, IndexTokenAuthenticator, SessionCookie],
})
export class AccessModule {}
