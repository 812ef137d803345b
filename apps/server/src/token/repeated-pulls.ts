import type { AnonymousTokens } from '@central-index/tokens';
import type { FastifyInstance } from 'fastify';
import type { TokenLimits } from './token-limits';
import { tokenAnswer } from './token.dto';

/**
 * Answers an anonymous token request that was answered a moment ago, before it is routed. It decides nothing: the
 * route decided, and gave its answer to AnonymousTokens, which forgets it when anything changes. Whoever brings
 * credentials always goes the whole way; a cookie counts for nothing here, as on the route.
 */
export function answerRepeatedPulls(
  server: FastifyInstance,
  tokens: AnonymousTokens,
  limits: TokenLimits,
): void {
  server.addHook('onRequest', (request, reply, done) => {
    const { method, url, headers } = request.raw;
    if (method !== 'GET' || !url!.startsWith('/token?') || headers.authorization !== undefined) return done();
    const known = tokens.find(url!);
    if (known === undefined || !limits.repeated(request.ip, reply)) return done();
    void reply
      .header('cache-control', 'no-store')
      .header('content-type', 'application/json; charset=utf-8')
      .send(JSON.stringify(tokenAnswer(known)));
  });
}
