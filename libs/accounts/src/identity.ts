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

/** A caller that is known. */
export interface SignedIn {
  readonly kind: 'account';
  readonly account: Account;
  readonly via: 'password' | 'session' | 'token';
  readonly restrictions?: TokenRestrictions;
  /** When the password was changed last, as read with the credential: what is made for the caller ends with it. */
  readonly passwordChangedAt?: Date;
  /** When the credential itself ends, if it does: of an access token that expires. */
  readonly credentialExpiresAt?: Date;
}

/** Who asks, and how that is known. */
export type Identity = { readonly kind: 'anonymous' } | SignedIn;

/** The caller that gave no credentials. */
export const anonymous: Identity = { kind: 'anonymous' };

/** The account as other rooms see it: nothing that opens it. */
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
