import type { OwnerRow } from './account.queries';

/** A person or robot that can sign in. */
export interface Account {
  readonly id: string;
  readonly name: string;
  readonly email: string | null;
  readonly emailVerified: boolean;
  readonly administrator: boolean;
  readonly disabled: boolean;
  readonly createdAt: Date;
}

/** What a personal access token may allow at most. */
export type Permission = 'pull' | 'push' | 'delete' | 'metadata';

/** The limits of the personal access token that a caller came with. */
export interface TokenRestrictions {
  readonly tokenId: string;
  readonly permissions: readonly Permission[];
  /** Patterns over `ns/name` (`library/x` for official ones); `*` stays inside one component. */
  readonly repositories: readonly string[];
}

/** A caller that was authenticated as an account. */
export interface SignedIn {
  readonly kind: 'account';
  readonly account: Account;
  readonly via: 'password' | 'session' | 'token';
  readonly restrictions?: TokenRestrictions;
  /**
   * The version of the password, as read with the credential: when it was changed last. Statements that write what
   * follows from a password affect nothing if the account has another version by then, or if this one is unknown.
   */
  readonly passwordChangedAt?: Date;
  /** The session, for a caller that came with one. */
  readonly sessionId?: string;
  /** When the credential itself ends, if it does: of an access token that expires. */
  readonly credentialExpiresAt?: Date;
}

/**
 * The caller and how it was authenticated, by `kind`. Code that treats callers differently switches over `kind` without
 * a default, or uses one of the functions below, so that a new kind does not compile until each such place handles it.
 */
export type Identity = { readonly kind: 'anonymous' } | SignedIn;

/** The caller that gave no credentials. */
export const anonymous: Identity = { kind: 'anonymous' };

/** The account that the caller acts as; undefined for a caller without an account. */
export function accountOf(identity: Identity): Account | undefined {
  switch (identity.kind) {
    case 'anonymous':
      return undefined;
    case 'account':
      return identity.account;
  }
}

/** The limits of the caller's credential; undefined if the account itself is the only limit. */
export function restrictionsOf(identity: Identity): TokenRestrictions | undefined {
  switch (identity.kind) {
    case 'anonymous':
      return undefined;
    case 'account':
      return identity.restrictions;
  }
}

/** An account as the API and commands show it to its owner and to administrators. */
export interface AccountJson {
  readonly username: string;
  readonly email: string | null;
  readonly email_verified: boolean;
  readonly administrator: boolean;
  readonly disabled: boolean;
  readonly created_at: string;
}

/** Converts an account to the format of the API. */
export function accountToJson(account: Account): AccountJson {
  return {
    username: account.name,
    email: account.email,
    email_verified: account.emailVerified,
    administrator: account.administrator,
    disabled: account.disabled,
    created_at: account.createdAt.toISOString(),
  };
}

/** The account as other libraries see it: without its credentials. */
export function toAccount(entity: Omit<OwnerRow, 'passwordChangedAt'>): Account {
  return {
    id: entity.id,
    name: entity.name,
    email: entity.email,
    emailVerified: entity.emailVerifiedAt !== null,
    administrator: entity.isAdministrator,
    disabled: entity.disabledAt !== null,
    createdAt: entity.createdAt,
  };
}
