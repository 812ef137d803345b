// Accounts: people and robots that can sign in, their passwords, access tokens, refresh tokens, sessions and invitations,
// and the limits on wrong passwords and on creations. What an account may do is decided by the library `namespaces`, which
// also signs people up, because every account gets a namespace. Emits `account.deleted`.
export { AccountsModule } from './accounts.module';
export { AccountsService } from './accounts.service';
export type { NewAccount } from './accounts.service';
export { ipPrefixOf } from './ip-prefix';
export { AccessTokensService } from './access-tokens.service';
export type { AccessTokenChanges, AccessTokenRecord, NewAccessToken } from './access-tokens.service';
export {
  invalidCredentials,
  inviteInvalid,
  nameReserved,
  nameTaken,
  tooManyRequests,
} from './accounts.errors';
export { accountDeleted } from './accounts.facts';
export { isEmailAddress } from './email-address';
export { toAccountName } from './typed-name';
export { accountOf, accountToJson, anonymous, restrictionsOf } from './identity';
export type { Account, AccountJson, TokenRestrictions, Identity, Permission, SignedIn } from './identity';
export { RefreshTokensService } from './refresh-tokens.service';
export type { RefreshTokenRecord } from './refresh-tokens.service';
export { FormResponsesService } from './form-responses.service';
export type { SubmittedOnce } from './form-responses.service';
export { InvitesService } from './invites.service';
export { CreationRateLimits } from './creation-rate-limits';
export { quotaText, rateLimits } from './rate-limits';
export type { RateLimit } from './rate-limits';
export type { CreationLimit } from './creation-rate-limits';
export { AccountPurges } from './account-purges';
export { AccountAdministration } from './account-administration.service';
export { isDeleted } from './account-erasure';
export { PasswordResetsService } from './password-resets.service';
export { AccountSettingsService } from './account-settings.service';
export type { HashedPassword } from './password-hasher';
export type { Credentials } from './password-sign-in';
export { looksLikePersonalToken } from './personal-token';
export { TokenRateLimits } from './token-rate-limits';
export type { Allowance } from './leased-rate-limiter';
export { canonicalRepositoryPattern, isRepositoryPattern } from './repository-pattern';
export { SessionsService } from './sessions.service';
export type { SessionRecord } from './sessions.service';
