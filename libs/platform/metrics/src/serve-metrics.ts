import { defineError } from '@central-index/platform/errors';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A listener for `/metrics`. */
export interface MetricsListener {
  readonly port: number;
  close(): void;
}

/** The metrics cannot be served on METRICS_HOST and METRICS_PORT. */
export const cannotListenForMetrics = defineError({
  code: 'CANNOT_LISTEN_FOR_METRICS',
  status: 500,
  description: 'The metrics cannot be served on METRICS_HOST and METRICS_PORT.',
  message: (host: string, port: number, reason: string) =>
    `cannot serve metrics on ${host}:${port} (${reason}): set METRICS_HOST or METRICS_PORT to another address`,
});

const contentType = 'text/plain; version=0.0.4; charset=utf-8';
const maxConnections = 32;
const timeoutMs = 10_000;

/**
 * Serves the page of `collect` at `/metrics`, on an address for operators. However often it is requested, it is measured
 * at most once in `maxAgeMs` (5 s). Throws CANNOT_LISTEN_FOR_METRICS.
 */
export async function serveMetrics(options: {
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  readonly collect: () => Promise<string>;
  readonly maxAgeMs?: number;
}): Promise<MetricsListener> {
  const { host, port, collect, maxAgeMs = 5_000 } = options;
  const page = atMostEvery(maxAgeMs, collect);
  const server = createServer({ requestTimeout: timeoutMs, headersTimeout: timeoutMs }, (request, response) =>
    respond(request, response, page),
  );
  server.maxConnections = maxConnections;
  server.setTimeout(timeoutMs, (socket) => socket.destroy());
  server.listen({ host, port, exclusive: true });
  try {
    await once(server, 'listening');
  } catch (error) {
    throw cannotListenForMetrics(host, port, (error as NodeJS.ErrnoException).code ?? String(error));
  }
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function respond(request: IncomingMessage, response: ServerResponse, page: () => Promise<string>): void {
  const send = (status: number, text: string, headers: Record<string, string> = {}): void => {
    response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', ...headers });
    response.end(request.method === 'HEAD' ? undefined : text);
  };
  if (request.url?.split('?', 1)[0] !== '/metrics') return send(404, 'only /metrics is here\n');
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return send(405, 'only GET is possible\n', { allow: 'GET, HEAD' });
  }
  page().then(
    (text) => send(200, text, { 'content-type': contentType, 'cache-control': 'no-store' }),
    () => send(503, 'the metrics could not be measured\n'),
  );
}

/** Calls `measure` at most once in `milliseconds`; callers in between get the last result, or share a running call. */
function atMostEvery(milliseconds: number, measure: () => Promise<string>): () => Promise<string> {
  let last: { readonly text: Promise<string>; endedAt: number } | undefined;
  return () => {
    if (last !== undefined && performance.now() - last.endedAt < milliseconds) return last.text;
    const current = { text: measure(), endedAt: Infinity };
    last = current;
    current.text.then(
      () => (current.endedAt = performance.now()),
      // The next request tries again.
      () => (last = undefined),
    );
    return current.text;
  };
}
