import { anonymous } from '@central-index/accounts';
import { AnonymousTokenCache, GrantCache, TokenSigner } from '@central-index/tokens';
import { Injectable } from '@nestjs/common';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { CallerRequest } from '../access/access.decorator';
import { TokenRequestLimits } from './token-request-limits';
import { tokenAnswerText } from './token.dto';

type Issued = Parameters<typeof tokenAnswerText>[0];

/**
 * Answers token requests that were answered a moment ago, before they are routed. It decides nothing: the route
 * decided, and gave what it found to AnonymousTokenCache or GrantCache, which forget it when anything changes. An
 * anonymous request is answered with the very token; of a caller with credentials the grant is signed anew. A cookie
 * counts for nothing here, as on the route.
 */
@Injectable()
export class TokenCache {
  constructor(
    private readonly tokens: AnonymousTokenCache,
    private readonly grants: GrantCache,
    private readonly signer: TokenSigner,
    private readonly limits: TokenRequestLimits,
  ) {}

  /** Puts itself in front of the server's routes. */
  find(server: FastifyInstance): void {
    server.addHook('onRequest', (request: CallerRequest, reply, done) => {
      const { method, url = '', headers } = request.raw;
      if (method !== 'GET' || !url.startsWith('/token?')) return done();
      const { authorization } = headers;
      const issued =
        authorization === undefined
          ? this.anonymously(url, request, reply)
          : this.signedIn(authorization, url, request, reply);
      if (issued === undefined) return done();
      if (issued instanceof Promise) issued.then((token) => answer(reply, token), done);
      else answer(reply, issued);
    });
  }

  private anonymously(url: string, request: CallerRequest, reply: FastifyReply): Issued | undefined {
    const known = this.tokens.find(url);
    return known !== undefined && this.limits.tryRepeated(anonymous, request.ip, reply) ? known : undefined;
  }

  private signedIn(
    authorization: string,
    url: string,
    request: CallerRequest,
    reply: FastifyReply,
  ): Promise<Issued> | undefined {
    const known = this.grants.find({ authorization, url, address: request.ip });
    if (known === undefined || !this.limits.tryRepeated(known.identity, request.ip, reply)) return undefined;
    // For the line that the log has of every request.
    request.caller = known.identity;
    return this.signer.sign(known.grant);
  }
}

function answer(reply: FastifyReply, issued: Issued): void {
  void reply
    .header('cache-control', 'no-store')
    .header('content-type', 'application/json; charset=utf-8')
    .send(tokenAnswerText(issued));
}
