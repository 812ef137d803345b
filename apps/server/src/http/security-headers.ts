import '@fastify/helmet';
import type { FastifyInstance } from 'fastify';

/**
 * Gives every answer the headers that helmet makes. They are the same for all, so they are made with the first answer
 * and not again: making them is a twentieth of what a token costs.
 */
export function registerSecurityHeaders(server: FastifyInstance): void {
  let headers: Record<string, number | string | string[] | undefined> | undefined;
  server.addHook('onRequest', (_, reply, done) => {
    if (headers !== undefined) {
      void reply.headers(headers);
      return done();
    }
    const others = new Set(Object.keys(reply.getHeaders()));
    Promise.resolve<unknown>(reply.helmet()).then(() => {
      headers = Object.fromEntries(Object.entries(reply.getHeaders()).filter(([name]) => !others.has(name)));
      done();
    }, done);
  });
}
