import type { SignedIn } from '@central-index/accounts';
import { ChangeListener, InvalidatingCache } from '@central-index/platform/database';
import { Injectable } from '@nestjs/common';
import { createHmac, randomBytes } from 'node:crypto';
import type { Grant } from './grant';
import { cacheTagsOf } from './grant-cache-tags';
import { parseScopes } from './scope';

const reuseForMs = 5_000;
const capacity = 10_000;
// A longer request is nobody's pull, and would only cost time to digest.
const longestRequest = 1_024;

/** A request as it came: who asks is still in its credentials. */
export interface RequestWithCredentials {
  /** The whole header. */
  readonly authorization: string;
  readonly url: string;
  /** The client's address: passwords are verified anew from another one. */
  readonly address: string;
}

/** What was decided for somebody with credentials: who that is, and what he got. */
export interface CachedGrant {
  readonly identity: SignedIn;
  readonly grant: Grant;
}

/**
 * What was granted to callers with right credentials, granted again for five seconds to whoever sends the very same
 * request: docker asks for a token with each image of a pull. Only reads are kept, by digests under a key of this
 * process, and each is forgotten when the account, its access tokens, or anything else changes that it was decided by,
 * in any process. The tokens themselves are always new.
 */
@Injectable()
export class GrantCache {
  private readonly key = randomBytes(32);
  private readonly grants: InvalidatingCache<CachedGrant>;

  constructor(changes: ChangeListener) {
    this.grants = new InvalidatingCache(changes, { lifetimeMs: reuseForMs, capacity });
  }

  /** What was decided for the very same request a moment ago. */
  find(request: RequestWithCredentials): CachedGrant | undefined {
    if (!isShort(request)) return undefined;
    const known = this.grants.get(this.digest(request));
    if (known === undefined) return undefined;
    const { credentialExpiresAt } = known.identity;
    return credentialExpiresAt !== undefined && credentialExpiresAt.getTime() <= Date.now()
      ? undefined
      : known;
  }

  /** Begins a decision; what the returned function is given is kept unless something changed meanwhile. */
  beginFill(): (request: RequestWithCredentials, scopes: readonly string[], decided: CachedGrant) => void {
    const keep = this.grants.beginFill();
    return (request, scopes, decided) => {
      const asked = parseScopes(scopes);
      // Without a scope it is a login, which is told to nobody from memory.
      const reads = asked.length > 0 && asked.every(({ actions }) => actions.every((one) => one === 'pull'));
      if (!reads || !isShort(request)) return;
      const { identity, grant } = decided;
      keep(this.digest(request), decided, [`account:${identity.account.id}`, ...cacheTagsOf(asked, grant)]);
    };
  }

  private digest({ authorization, url, address }: RequestWithCredentials): string {
    // No header, URL or address holds a line break, so no two requests read alike.
    return createHmac('sha256', this.key).update(`${authorization}\n${url}\n${address}`).digest('base64');
  }
}

const isShort = ({ authorization, url }: RequestWithCredentials): boolean =>
  authorization.length + url.length <= longestRequest;
