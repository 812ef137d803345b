import { createServer, type RequestListener, type Server } from 'node:http';
import { inTurn } from './connection-queue';
import { closeStalledWrites } from './stalled-writes';

/** Most bytes of the request line and the header together. A parameter of a path cannot be longer. */
export const maxHeaderBytes = 16_384;

/**
 * Creates the HTTP server, with what limits a single connection: slow senders are closed within 25 s, peers that take
 * nothing of a response within 22 s, and pipelined requests are handled one after another.
 */
export function createHttpServer(handle: RequestListener): Server {
  const options = {
    requestTimeout: 20_000,
    headersTimeout: 10_000,
    connectionsCheckingInterval: 2_000,
    // Longer than the 60 s for which usual proxies keep idle connections: they must close first.
    keepAliveTimeout: 72_000,
    maxHeaderSize: maxHeaderBytes,
  };
  const server = createServer(options, inTurn(handle));
  closeStalledWrites(server, 20_000, 2_000);
  return server;
}
