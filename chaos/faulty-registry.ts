import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { imageOf } from '../test/support/images';

/** The faults of a FaultyRegistry; each completes the sentence "a registry that …". */
export const faults = [
  'hangs',
  'closes connections',
  'fails',
  'refuses tokens',
  'lists nothing',
  'lists one page',
  'lost a third of its data',
  "has another registry's data",
  'is behind a proxy that answers 404',
] as const;

/** One of `faults`. */
export type Fault = (typeof faults)[number];

const pageSize = 1_000;

/** The image that every tag of a FaultyRegistry points to. */
export const sharedImage = imageOf('the one image');

/** A registry with many repositories that all have the same tags. It answers correctly unless a fault is set. */
export class FaultyRegistry {
  fault: Fault | undefined;
  /** Numbers of the repositories that are deleted at the registry. */
  readonly deleted = new Set<number>();
  /** Requests received; a caller may reset it. */
  requests = 0;

  private constructor(
    private readonly server: Server,
    private readonly size: number,
    private readonly tags: readonly string[],
  ) {}

  /** Starts a registry with `size` repositories that have `tags` each. */
  static async start(size: number, tags: readonly string[]): Promise<FaultyRegistry> {
    const server = createServer((request, response) => {
      registry.requests += 1;
      request.resume();
      registry.respond(request.url ?? '/', response);
    });
    const registry = new FaultyRegistry(server, size, tags);
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    return registry;
  }

  /** Returns the name of repository `n`. */
  static path(n: number): string {
    return `chaos/r${n}`;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((closed) => this.server.close(closed));
  }

  private respond(target: string, response: ServerResponse): void {
    const url = new URL(target, this.url);
    const n = Number(/^\/v2\/chaos\/r(\d+)\//.exec(url.pathname)?.[1] ?? -1);
    // These faults start in the middle of a reconcile, after half of the repositories were read correctly.
    if (n >= this.size / 2) {
      if (this.fault === 'hangs') return;
      if (this.fault === 'closes connections') return void response.destroy();
      if (this.fault === 'fails') return send(response, 500, '<html>sorry</html>');
      if (this.fault === 'is behind a proxy that answers 404')
        return send(response, 404, '<html>nothing here</html>');
      if (this.fault === 'refuses tokens') return sendError(response, 401, 'UNAUTHORIZED');
    }
    if (n === -1) return this.sendCatalog(url, response);
    if (!this.has(n)) return sendError(response, 404, 'NAME_UNKNOWN');
    if (url.pathname.endsWith('/tags/list')) {
      return send(response, 200, JSON.stringify({ name: FaultyRegistry.path(n), tags: this.tags }));
    }
    this.sendContent(url.pathname, response);
  }

  private has(n: number): boolean {
    if (this.fault === 'lists nothing' || this.fault === "has another registry's data") return false;
    if (this.fault === 'lists one page') return n < pageSize / 2 && n < this.size / 2;
    if (this.fault === 'lost a third of its data') return n % 3 !== 0;
    return !this.deleted.has(n);
  }

  private sendCatalog(url: URL, response: ServerResponse): void {
    const all =
      this.fault === "has another registry's data"
        ? ['someone/else']
        : Array.from({ length: this.size }, (_, n) => n)
            .filter((n) => this.has(n))
            .map((n) => FaultyRegistry.path(n));
    const from = Number(url.searchParams.get('from') ?? 0);
    const page = all.slice(from, from + pageSize);
    if (from + pageSize < all.length && this.fault !== 'lists one page') {
      response.setHeader('link', `</v2/_catalog?from=${from + pageSize}>; rel="next"`);
    }
    send(response, 200, JSON.stringify({ repositories: page }));
  }

  private sendContent(path: string, response: ServerResponse): void {
    const blob = sharedImage.blobs.find(({ digest }) => path.endsWith(digest));
    if (blob !== undefined) return send(response, 200, blob.body);
    const reference = path.slice(path.lastIndexOf('/') + 1);
    if (reference !== sharedImage.digest && !this.tags.includes(reference)) {
      return sendError(response, 404, 'MANIFEST_UNKNOWN');
    }
    response.setHeader('docker-content-digest', sharedImage.digest);
    send(response, 200, sharedImage.body, sharedImage.mediaType);
  }
}

function send(
  response: ServerResponse,
  status: number,
  body: string | Buffer,
  type = 'application/json',
): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) }).end(body);
}

function sendError(response: ServerResponse, status: number, code: string): void {
  send(response, status, JSON.stringify({ errors: [{ code, message: code.toLowerCase() }] }));
}
