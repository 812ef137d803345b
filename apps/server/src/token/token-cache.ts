import { anonymous } from '@central-index/accounts';
import { AnonymousTokenCache, GrantCache, TokenSigner } from '@central-index/tokens';
import { Injectable } from '@nestjs/common';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { CallerRequest } from '../access/access.decorator';
import { TokenRequestLimits } from './token-request-limits';
import { tokenResponseText, type IssuedToken } from './token.dto';

/**
 * Responds to repeated token requests before they are routed. It decides nothing: the route decides and stores the
 * result in AnonymousTokenCache or GrantCache, which drop it when anything that it depends on changes. Anonymous callers
 * get the same token again; for callers with credentials, the cached grant is signed again. The session cookie is
 * ignored, as it is on the route.
 */
@Injectable()
export class TokenCache {
  constructor(
    private readonly tokens: AnonymousTokenCache,
    private readonly grants: GrantCache,
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
      if (issued instanceof Promise) issued.then((token) => send(reply, token), done);
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
  ): Promise<IssuedToken> | undefined {
    const cached = this.grants.find({ authorization, url, address: request.ip });
    if (cached === undefined || !this.limits.tryConsumeLocal(cached.identity, request.ip, reply)) {
      return undefined;
    }
    // The request log reads it.
    request.caller = cached.identity;
    return this.signer.sign(cached.grant);
  }
}

function send(reply: FastifyReply, issued: IssuedToken): void {
  void reply
    .header('cache-control', 'no-store')
    .header('content-type', 'application/json; charset=utf-8')
    .send(tokenResponseText(issued));
}
