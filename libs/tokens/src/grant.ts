import type { TokenRestrictions } from '@central-index/accounts';
import type { Registry } from '@central-index/registries';
import type { GrantBasis } from './grant-basis';

/** One entry of a token's `access`: the name exactly as requested, the actions without `*` for repositories. */
export interface GrantedAccess {
  readonly type: string;
  readonly name: string;
  readonly actions: readonly string[];
}

/** What one token states: its subject, its audience, and the access it grants. */
export interface Grant {
  /** The registry that the token is for; undefined for the index itself. */
  readonly registry: Registry | undefined;
  /** `aud`: the service of the registry or of the index. */
  readonly audience: string;
  /** `sub`: the account's name, empty for anonymous, `:index` for the index itself. */
  readonly subject: string;
  readonly access: readonly GrantedAccess[];
  /** Seconds. */
  readonly ttl: number;
  /**
   * The limits of the personal access token that the caller used. Tokens for the index itself carry them, because the
   * index decides by them again; registries need only `access`.
   */
  readonly restrictions?: TokenRestrictions;
  /** The version of the password that the caller used. Only tokens of the v1 protocol carry it. */
  readonly passwordChangedAt?: Date;
  /** Of what a signed-in caller requests to write, unless it has none. A grant of reads is decided by cached rows. */
  readonly basis?: GrantBasis;
}
