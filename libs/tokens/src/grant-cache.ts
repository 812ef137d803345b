import type { SignedIn } from '@central-index/accounts';
import { ChangeListener, InvalidatingCache } from '@central-index/platform/database';
import { Injectable } from '@nestjs/common';
import { createHmac, randomBytes } from 'node:crypto';
import type { Grant } from './grant';
import { cacheTagsOf } from './grant-cache-tags';
import { parseScopes } from './scope';

const reuseTtlMs = 5_000;
const capacity = 10_000;
// In characters. No image is requested by a longer one, which would only take time to digest.
const maxRequestLength = 1_024;

/** A request as it arrived, before its credentials are verified. */
export interface RequestWithCredentials {
  /** The whole header. */
  readonly authorization: string;
  readonly url: string;
  /** IP address of the client: from another one, credentials are verified again. */
  readonly address: string;
}

/** The caller that the credentials belong to, and what it was granted. A grant with a basis is given only if that is current. */
export interface CachedGrant {
  readonly identity: SignedIn;
  readonly grant: Grant;
}

/**
 * Grants of callers with valid credentials, reused for five seconds for exactly the same request: docker requests a token
 * for each image of a pull, and build servers one for each layer that they push. Entries are keyed by digests under a key of
 * this process, and invalidated when the account, its access tokens, or anything else changes that they were decided by,
 * in any process. A process learns of that with a delay, so that a grant that writes has a basis, which is compared with
 * the rows before each use. Tokens are always signed again.
 */
@Injectable()
export class GrantCache {
  private readonly key = randomBytes(32);
  private readonly grants: InvalidatingCache<CachedGrant>;

  constructor(changes: ChangeListener) {
    this.grants = new InvalidatingCache(changes, { lifetimeMs: reuseTtlMs, capacity });
  }

  /** The cached grant for exactly the same request. */
  find(request: RequestWithCredentials): CachedGrant | undefined {
    if (!isShort(request)) return undefined;
    const cached = this.grants.get(this.digest(request));
    if (cached === undefined) return undefined;
    const { credentialExpiresAt } = cached.identity;
    const isExpired = credentialExpiresAt !== undefined && credentialExpiresAt.getTime() <= Date.now();
    return isExpired ? undefined : cached;
  }

  /** Call before the grant is decided: the returned function caches it unless something changed since then. */
  beginFill(): (request: RequestWithCredentials, scopes: readonly string[], granted: CachedGrant) => void {
    const commit = this.grants.beginFill();
    return (request, scopes, granted) => {
      const requested = parseScopes(scopes);
      // A request without a scope is a login, whose credentials are verified each time.
      const { identity, grant } = granted;
      const isRead = requested.every(({ actions }) => actions.every((action) => action === 'pull'));
      if (requested.length === 0 || !isShort(request) || (!isRead && grant.basis === undefined)) return;
      const tags = [`account:${identity.account.id}`, ...cacheTagsOf(requested, grant)];
      commit(this.digest(request), granted, tags);
    };
  }

  private digest({ authorization, url, address }: RequestWithCredentials): string {
    // No header, URL or address contains a line break, so that different requests have different texts.
    return createHmac('sha256', this.key).update(`${authorization}\n${url}\n${address}`).digest('base64');
  }
}

const isShort = ({ authorization, url }: RequestWithCredentials): boolean =>
  authorization.length + url.length <= maxRequestLength;
