import { accountOf } from '@central-index/accounts';
import type { Logger } from '@central-index/platform/logging';
import type { FastifyInstance } from 'fastify';
import type { CallerRequest } from '../access/access.decorator';
import { pathOf } from './routing/request-form';

const probePaths = new Set(['/healthz', '/readyz']);

/** Logs one line per request, without query, headers and body, so that it cannot contain a credential. */
export function logRequests(server: FastifyInstance, logger: Logger): void {
  // No redaction: the fields are listed below, and none is a secret.
  const lines = logger.child({}, { redact: [] });
  server.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id);
    done();
  });
  server.addHook('onResponse', (request: CallerRequest, reply, done) => {
    const path = withoutSecrets(pathOf(request.url));
    const { caller } = request;
    const fields = {
      requestId: request.id,
      method: request.method,
      path,
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime * 10) / 10,
      address: request.ip,
      account: caller && accountOf(caller)?.name,
    };
    if (probePaths.has(request.routeOptions.url ?? '')) lines.debug(fields, 'request');
    else lines.info(fields, 'request');
    done();
  });
}

// A link that sets a password has its token in the path, and people paste tokens anywhere, percent-encoded as they like.
function withoutSecrets(path: string): string {
  const decoded = decode(path);
  const masked = decoded.replace(/(ci_[a-z]+_)[0-9A-Za-z]+/g, '$1***');
  return masked === decoded ? path : encodeURI(masked);
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    // Such a path matches no route.
    return path;
  }
}
