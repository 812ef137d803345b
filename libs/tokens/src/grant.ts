import type { TokenRestrictions } from '@central-index/accounts';
import type { Registry } from '@central-index/registries';

/** One entry of a token's `access`: the name exactly as asked, the actions concrete. */
export interface GrantedAccess {
  readonly type: string;
  readonly name: string;
  readonly actions: readonly string[];
}

/** What one token will say: to whom, for which audience, and what it opens. */
export interface Grant {
  /** The registry that the token is for; undefined for the index itself. */
  readonly registry: Registry | undefined;
  /** `aud`: the registry's service, or the index's own. */
  readonly audience: string;
  /** `sub`: the account's name, empty for anonymous, `:index` for the index itself. */
  readonly subject: string;
  readonly access: readonly GrantedAccess[];
  /** Seconds. */
  readonly ttl: number;
  /**
   * The limits of the personal access token that the caller came with. They go into tokens for the index itself,
   * which decides by them again; registries need only `access`.
   */
  readonly restrictions?: TokenRestrictions;
}
