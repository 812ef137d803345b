import { AccountsModule } from '@central-index/accounts';
import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AccessGuard } from './access.guard';
import { Authenticator } from './authenticator';
import { SessionCookie } from './session-cookie';

/** Puts the access guard before every route, and gives controllers signing in and the session cookie. */
@Module({
  imports: [AccountsModule],
  providers: [Authenticator, SessionCookie, { provide: APP_GUARD, useClass: AccessGuard }],
  exports: [Authenticator, SessionCookie],
})
export class AccessModule {}
