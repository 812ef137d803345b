import '@fastify/helmet';
import type { FastifyInstance } from 'fastify';

/**
 * Sets the headers of helmet on every response, and `Cache-Control: no-store`, which routes replace whose responses contain
 * nothing of a caller. They are the same for all responses, so they are computed once: computing them takes a twentieth of the
 * time of a token request.
 */
export function registerSecurityHeaders(server: FastifyInstance): void {
  let headers: Record<string, number | string | string[] | undefined> | undefined;
  server.addHook('onRequest', (_, reply, done) => {
    if (headers !== undefined) {
      void reply.headers(headers);
      return done();
    }
    const before = new Set(Object.keys(reply.getHeaders()));
    Promise.resolve<unknown>(reply.helmet()).then(() => {
      void reply.header('cache-control', 'no-store');
      headers = Object.fromEntries(Object.entries(reply.getHeaders()).filter(([name]) => !before.has(name)));
      done();
    }, done);
  });
}
