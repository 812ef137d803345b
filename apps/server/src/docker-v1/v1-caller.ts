import { Inject, Injectable } from '@nestjs/common';
import { anonymous, type Identity, type SignedIn } from '@central-index/accounts';
import { CONFIG, type Config } from '@central-index/platform/config';
import { crossSite, signInRequired } from '../access/access.errors';
import type { CallerRequest } from '../access/access.decorator';
import { Authenticator } from '../access/authenticator';
import { isEmptyBasic } from '../access/basic-credentials';
import { isCrossSite } from '../access/cross-site';

/** Authenticates callers of `/v1/users` and `/v1/repositories` by Basic credentials; never by a cookie. */
@Injectable()
export class V1Caller {
  constructor(
    private readonly authenticator: Authenticator,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * The caller; anonymous without credentials and with empty ones, which a client sends when no user is logged in. Wrong
   * credentials throw INVALID_CREDENTIALS, those of a disabled account ACCOUNT_NOT_ACTIVE.
   */
  async identify(request: CallerRequest): Promise<Identity> {
    this.refuseCrossSite(request);
    const { authorization } = request.headers;
    if (authorization === undefined || isEmptyBasic(authorization)) return anonymous;
    // Tokens of other protocols open nothing here.
    if (!/^basic /i.test(authorization)) throw signInRequired();
    const caller = await this.authenticator.identify(request);
    // The request log reads it.
    request.caller = caller;
    return caller;
  }

  /** The account of the caller. Throws UNAUTHORIZED without credentials. */
  async requireAccount(request: CallerRequest): Promise<SignedIn> {
    const caller = await this.identify(request);
    if (caller.kind === 'anonymous') throw signInRequired();
    return caller;
  }

  /** Throws CROSS_SITE if a page of another site made a browser send the request. */
  refuseCrossSite(request: CallerRequest): void {
    if (isCrossSite(request.method, request.headers, this.config.server.publicUrl)) throw crossSite();
  }
}
