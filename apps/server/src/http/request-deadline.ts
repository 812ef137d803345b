import { unavailable } from '@central-index/platform/errors';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** When a request that nothing has answered counts as waiting for a database that does not answer. */
export interface Deadline {
  readonly afterMs: number;
  /** True while the database is known to answer: then requests may take as long as they need. */
  readonly isDatabaseLive: () => boolean;
  /** Sends the error in the format of the request's surface. */
  readonly send: (error: Error, request: FastifyRequest, reply: FastifyReply) => void;
}

const checkIntervalMs = 200;

/**
 * Responds with 503 to requests that are older than the deadline while the database does not respond. Each statement has a
 * timeout of its own; this is for requests that go on after the first one has failed. The time that a client needs to
 * send its body does not count.
 */
export function registerDeadline(server: FastifyInstance, deadline: Deadline): void {
  const waiting = new Map<FastifyRequest, { readonly reply: FastifyReply; readonly since: number }>();
  const expire = (): void => {
    if (waiting.size === 0 || deadline.isDatabaseLive()) return;
    const latest = performance.now() - deadline.afterMs;
    for (const [request, { reply, since }] of waiting) {
      // Oldest first: the others are younger.
      if (since > latest) return;
      waiting.delete(request);
      deadline.send(unavailable().retryAfter(2), request, reply);
    }
  };
  const timer = setInterval(expire, checkIntervalMs).unref();
  server.addHook('preValidation', (request, reply, done) => {
    waiting.set(request, { reply, since: performance.now() });
    done();
  });
  server.addHook('onResponse', (request, _, done) => {
    waiting.delete(request);
    done();
  });
  server.addHook('onRequestAbort', (request, done) => {
    waiting.delete(request);
    done();
  });
  server.addHook('onClose', (_, done) => {
    clearInterval(timer);
    done();
  });
}
