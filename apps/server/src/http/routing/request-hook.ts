import type { FastifyInstance } from 'fastify';
import { methodNotAllowed } from '../http.errors';
import { encodedFixedSegment, pathOf, requestFault } from './request-form';
import { RouteTable } from './route-table';

/**
 * Adds the hook that runs before any route and any cache: it refuses malformed requests, and responds to a method that a
 * path does not have with 405 and `Allow`, to OPTIONS with `Allow`.
 */
export function registerRequestHook(server: FastifyInstance): void {
  const routes = new RouteTable();
  routes.register(server);
  server.addHook('onRequest', (request, reply, done) => {
    const fault = requestFault(request);
    if (fault !== undefined) return done(fault);
    if (!request.is404) return done();
    const matched = routes.match(pathOf(request.url));
    if (matched === undefined) return done();
    if (!matched.isPlain) return done(encodedFixedSegment());
    void reply.header('allow', matched.methods.join(', '));
    if (request.method !== 'OPTIONS') return done(methodNotAllowed());
    void reply.status(204).send();
  });
}
