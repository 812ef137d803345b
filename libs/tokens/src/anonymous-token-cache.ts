import { ChangeListener, InvalidatingCache } from '@central-index/platform/database';
import { Injectable } from '@nestjs/common';
import type { Grant } from './grant';
import { cacheTagsOf } from './grant-cache-tags';
import { parseScopes } from './scope';
import type { IssuedToken } from './token-signer';

const reuseForMs = 5_000;
const capacity = 10_000;
// A request longer than this is nobody's pull, and would only fill the memory.
const longestKey = 512;
const shortestLife = 60;

/** A token that may be given to somebody else who asks the same. */
export interface CachedToken {
  readonly token: string;
  readonly issuedAt: Date;
  /** Seconds that are left of its life. */
  readonly expiresIn: number;
}

/**
 * Tokens given to anonymous callers, given again for five seconds to whoever asks the very same: they say nothing of
 * whom they were made for. One is forgotten when anything changes that it was decided by, in any process.
 */
@Injectable()
export class AnonymousTokenCache {
  private readonly tokens: InvalidatingCache<IssuedToken>;

  constructor(changes: ChangeListener) {
    this.tokens = new InvalidatingCache(changes, { lifetimeMs: reuseForMs, capacity });
  }

  /** The token that was given for `request` (the whole of what was asked, letter by letter) a moment ago. */
  find(request: string): CachedToken | undefined {
    const known = this.tokens.get(request);
    if (known === undefined) return undefined;
    const expiresIn = known.expiresIn - Math.ceil((Date.now() - known.issuedAt.getTime()) / 1000);
    // A clock that was set back would lengthen the life.
    if (expiresIn < shortestLife || expiresIn > known.expiresIn) return undefined;
    return { token: known.token, issuedAt: known.issuedAt, expiresIn };
  }

  /** Begins an answer; what the returned function is given is kept unless something changed meanwhile. */
  beginFill(): (request: string, scopes: readonly string[], grant: Grant, issued: IssuedToken) => void {
    const keep = this.tokens.beginFill();
    return (request, scopes, grant, issued) => {
      if (request.length <= longestKey && grant.subject === '')
        keep(request, issued, cacheTagsOf(parseScopes(scopes), grant));
    };
  }
}
