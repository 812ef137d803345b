import { ChangeListener, InvalidatingCache } from '@central-index/platform/database';
import { Injectable } from '@nestjs/common';
import type { Grant } from './grant';
import { cacheTagsOf } from './grant-cache-tags';
import { parseScopes } from './scope';
import type { IssuedToken } from './token-signer';

const reuseTtlMs = 5_000;
const capacity = 10_000;
// In characters. No pull is requested by a longer URL, which would only fill the memory.
const maxKeyLength = 512;
const minRemainingSeconds = 60;

/** A token that may be given to further clients with the same request. */
export interface CachedToken {
  readonly token: string;
  readonly issuedAt: Date;
  /** Remaining seconds until it expires. */
  readonly expiresIn: number;
}

/**
 * Tokens of anonymous callers, which further anonymous callers with exactly the same request get for five seconds: they
 * contain nothing about the caller. An entry is invalidated when anything changes that it was decided by, in any process.
 */
@Injectable()
export class AnonymousTokenCache {
  private readonly tokens: InvalidatingCache<IssuedToken>;

  constructor(changes: ChangeListener) {
    this.tokens = new InvalidatingCache(changes, { lifetimeMs: reuseTtlMs, capacity });
  }

  /** The cached token for `request`, which is the whole URL, compared literally. */
  find(request: string): CachedToken | undefined {
    const cached = this.tokens.get(request);
    if (cached === undefined) return undefined;
    const expiresIn = cached.expiresIn - Math.ceil((Date.now() - cached.issuedAt.getTime()) / 1000);
    // A clock that was set back would lengthen the validity.
    if (expiresIn < minRemainingSeconds || expiresIn > cached.expiresIn) return undefined;
    return { token: cached.token, issuedAt: cached.issuedAt, expiresIn };
  }

  /** Call before the grant is decided: the returned function caches the token unless something changed since then. */
  beginFill(): (request: string, scopes: readonly string[], grant: Grant, issued: IssuedToken) => void {
    const commit = this.tokens.beginFill();
    return (request, scopes, grant, issued) => {
      if (request.length > maxKeyLength || grant.subject !== '' || issued.isProvisional) return;
      commit(request, issued, cacheTagsOf(parseScopes(scopes), grant));
    };
  }
}
