import { anonymous } from '@central-index/accounts';
import {
  AnonymousTokenCache,
  type CachedGrant,
  GrantCache,
  GrantsService,
  TokenSigner,
} from '@central-index/tokens';
import { Injectable } from '@nestjs/common';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { CallerRequest } from '../access/access.decorator';
import { TokenRequestLimits } from './token-request-limits';
import { tokenResponseText, type IssuedToken } from './token.dto';

/**
 * Responds to repeated token requests before they are routed. It decides nothing: the route decides and stores the
 * result in AnonymousTokenCache or GrantCache, which drop it when anything that it depends on changes. Anonymous callers
 * get the same token again; for callers with credentials, the cached grant is signed again, that of a push after its rows
 * were compared. The session cookie is ignored, as it is on the route.
 */
@Injectable()
export class TokenCache {
  constructor(
    private readonly tokens: AnonymousTokenCache,
    private readonly cachedGrants: GrantCache,
    private readonly grants: GrantsService,
    private readonly signer: TokenSigner,
    private readonly limits: TokenRequestLimits,
  ) {}

  /** Adds the hook that runs before routing. */
  register(server: FastifyInstance): void {
    server.addHook('onRequest', (request: CallerRequest, reply, done) => {
      const { method, url = '', headers } = request.raw;
      if (method !== 'GET' || !url.startsWith('/token?')) return done();
      const { authorization } = headers;
      const issued =
        authorization === undefined
          ? this.findToken(url, request, reply)
          : this.signCached(authorization, url, request, reply);
      if (issued === undefined) return done();
      if (issued instanceof Promise) issued.then((token) => (token ? send(reply, token) : done()), done);
      else send(reply, issued);
    });
  }

  private findToken(url: string, request: CallerRequest, reply: FastifyReply): IssuedToken | undefined {
    const token = this.tokens.find(url);
    return token !== undefined && this.limits.tryConsumeLocal(anonymous, request.ip, reply)
      ? token
      : undefined;
  }

  private signCached(
    authorization: string,
    url: string,
    request: CallerRequest,
    reply: FastifyReply,
  ): Promise<IssuedToken | undefined> | undefined {
    const cached = this.cachedGrants.find({ authorization, url, address: request.ip });
    return cached && this.signIfCurrent(cached, request, reply);
  }

  private async signIfCurrent(
    { identity, grant }: CachedGrant,
    request: CallerRequest,
    reply: FastifyReply,
  ): Promise<IssuedToken | undefined> {
    if (grant.basis !== undefined && !(await this.grants.isStillGranted(identity, grant.basis)))
      return undefined;
    if (!this.limits.tryConsumeLocal(identity, request.ip, reply)) return undefined;
    // The request log reads it.
    request.caller = identity;
    return this.signer.sign(grant);
  }
}

function send(reply: FastifyReply, issued: IssuedToken): void {
  void reply
    .header('cache-control', 'no-store')
    .header('content-type', 'application/json; charset=utf-8')
    .send(tokenResponseText(issued));
}
