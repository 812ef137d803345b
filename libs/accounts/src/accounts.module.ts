import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuditModule } from '@central-index/audit';
import { AccessTokenEntity } from './access-token.entity';
import { AccessTokensService } from './access-tokens.service';
import { AccountEntity } from './account.entity';
import { AccountsService } from './accounts.service';
import { IdentityTokenEntity } from './refresh-token.entity';
import { IdentityTokensService } from './refresh-tokens.service';
import { InviteEntity } from './invite.entity';
import { InvitesService } from './invites.service';
import { KnownAddressEntity } from './sign-in-address.entity';
import { Limits } from './creation-rate-limits';
import { OwnAccountService } from './account-settings.service';
import { PasswordAttempts } from './password-attempts';
import { PasswordFailureEntity } from './password-failure.entity';
import { PasswordHasher } from './password-hasher';
import { PasswordSignIn } from './password-sign-in';
import { RequestLimits } from './token-rate-limits';
import { SessionEntity } from './session.entity';
import { SessionsService } from './sessions.service';

/** Accounts, what opens them, and the limits on trying. */
@Module({
  imports: [
    AuditModule,
    TypeOrmModule.forFeature([
      AccessTokenEntity,
      AccountEntity,
      IdentityTokenEntity,
      InviteEntity,
      KnownAddressEntity,
      PasswordFailureEntity,
      SessionEntity,
    ]),
  ],
  providers: [
    AccessTokensService,
    AccountsService,
    IdentityTokensService,
    InvitesService,
    Limits,
    OwnAccountService,
    PasswordAttempts,
    PasswordHasher,
    PasswordSignIn,
    RequestLimits,
    SessionsService,
  ],
  exports: [
    AccessTokensService,
    AccountsService,
    IdentityTokensService,
    InvitesService,
    Limits,
    OwnAccountService,
    RequestLimits,
    SessionsService,
  ],
})
export class AccountsModule {}
