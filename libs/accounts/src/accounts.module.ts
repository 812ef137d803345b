import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuditModule } from '@central-index/audit';
import { AccessTokenEntity } from './access-token.entity';
import { AccessTokensService } from './access-tokens.service';
import { AccountEntity } from './account.entity';
import { AccountsService } from './accounts.service';
import { RefreshTokenEntity } from './refresh-token.entity';
import { RefreshTokensService } from './refresh-tokens.service';
import { FormResponseEntity } from './form-response.entity';
import { FormResponsesService } from './form-responses.service';
import { InviteEntity } from './invite.entity';
import { InvitesService } from './invites.service';
import { SignInAddressEntity } from './sign-in-address.entity';
import { CreationRateLimits } from './creation-rate-limits';
import { AccountPurges } from './account-purges';
import { AccountAdministration } from './account-administration.service';
import { PasswordResetEntity } from './password-reset.entity';
import { PasswordResetsService } from './password-resets.service';
import { AccountSettingsService } from './account-settings.service';
import { PasswordAttempts } from './password-attempts';
import { PasswordFailureEntity } from './password-failure.entity';
import { PasswordHasher } from './password-hasher';
import { PasswordSignIn } from './password-sign-in';
import { TokenRateLimits } from './token-rate-limits';
import { SessionEntity } from './session.entity';
import { SessionsService } from './sessions.service';

/** Accounts, their credentials, and the limits on sign-in attempts. */
@Module({
  imports: [
    AuditModule,
    TypeOrmModule.forFeature([
      AccessTokenEntity,
      AccountEntity,
      RefreshTokenEntity,
      FormResponseEntity,
      InviteEntity,
      SignInAddressEntity,
      PasswordFailureEntity,
      PasswordResetEntity,
      SessionEntity,
    ]),
  ],
  providers: [
    AccountPurges,
    AccessTokensService,
    AccountsService,
    RefreshTokensService,
    FormResponsesService,
    InvitesService,
    CreationRateLimits,
    AccountAdministration,
    AccountSettingsService,
    PasswordResetsService,
    PasswordAttempts,
    PasswordHasher,
    PasswordSignIn,
    TokenRateLimits,
    SessionsService,
  ],
  exports: [
    AccountPurges,
    AccessTokensService,
    AccountsService,
    RefreshTokensService,
    FormResponsesService,
    InvitesService,
    CreationRateLimits,
    AccountAdministration,
    AccountSettingsService,
    PasswordResetsService,
    TokenRateLimits,
    SessionsService,
  ],
})
export class AccountsModule {}
