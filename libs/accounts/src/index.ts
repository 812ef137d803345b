// Accounts: people and robots that can sign in, their passwords, access tokens, sessions, kept logins and invitations, and the
// limits on wrong passwords and on what is created. Not what an account may do: that is namespaces' decision, and
// signing up is theirs too, because every account gets a namespace. States no facts.
export { AccountsModule } from './accounts.module';
export { AccountsService } from './accounts.service';
export type { NewAccount } from './accounts.service';
export { addressBlock } from './ip-prefix';
export { AccessTokensService } from './access-tokens.service';
export type { AccessTokenRecord, NewAccessToken } from './access-tokens.service';
export { badCredentials, inviteRefused, nameReserved, nameTaken, tooManyRequests } from './accounts.errors';
export { isEmailAddress } from './email-address';
export { anonymous } from './identity';
export type { Account, Ceiling, Identity, Permission, SignedIn } from './identity';
export { IdentityTokensService } from './refresh-tokens.service';
export type { IdentityTokenRecord } from './refresh-tokens.service';
export { InvitesService } from './invites.service';
export { Limits } from './creation-rate-limits';
export type { LimitName } from './creation-rate-limits';
export { OwnAccountService } from './account-settings.service';
export type { HashedPassword } from './password-hasher';
export type { Credentials } from './password-sign-in';
export { looksLikePersonalToken } from './personal-token';
export { RequestLimits } from './token-rate-limits';
export type { Allowance } from './leased-rate-limiter';
export { isRepositoryPattern } from './repository-pattern';
export { SessionsService } from './sessions.service';
