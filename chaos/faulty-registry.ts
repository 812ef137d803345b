import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { imageOf } from '../test/support/images';

/** What a registry may do to whoever believes it. */
export const lies = [
  'hangs',
  'cuts connections',
  'fails',
  'refuses tokens',
  'lists nothing',
  'lists one page',
  'lost a third',
  "has another's data",
  'hides behind a proxy',
] as const;
export type Lie = (typeof lies)[number];

const pageSize = 1_000;

/** The image under every tag of a FalseRegistry. */
export const theImage = imageOf('the one image');

/** A registry with very many repositories of the same tags, which tells the truth or lies about them. */
export class FalseRegistry {
  lie: Lie | undefined;
  /** Repositories that are really gone, by number. */
  readonly gone = new Set<number>();
  requests = 0;

  private constructor(
    private readonly server: Server,
    private readonly size: number,
    private readonly tags: readonly string[],
  ) {}

  static async start(size: number, tags: readonly string[]): Promise<FalseRegistry> {
    const server = createServer((request, response) => {
      registry.requests += 1;
      request.resume();
      registry.answer(request.url ?? '/', response);
    });
    const registry = new FalseRegistry(server, size, tags);
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    return registry;
  }

  /** What repository `n` is called. */
  static path(n: number): string {
    return `drill/r${n}`;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((closed) => this.server.close(closed));
  }

  private answer(target: string, response: ServerResponse): void {
    const url = new URL(target, this.url);
    const n = Number(/^\/v2\/drill\/r(\d+)\//.exec(url.pathname)?.[1] ?? -1);
    // Such faults begin in the middle of a reconcile, when much was read well.
    if (n >= this.size / 2) {
      if (this.lie === 'hangs') return;
      if (this.lie === 'cuts connections') return void response.destroy();
      if (this.lie === 'fails') return send(response, 500, '<html>sorry</html>');
      if (this.lie === 'hides behind a proxy') return send(response, 404, '<html>nothing here</html>');
      if (this.lie === 'refuses tokens') return refuse(response, 401, 'UNAUTHORIZED');
    }
    if (n === -1) return this.catalog(url, response);
    if (!this.has(n)) return refuse(response, 404, 'NAME_UNKNOWN');
    if (url.pathname.endsWith('/tags/list')) {
      return send(response, 200, JSON.stringify({ name: FalseRegistry.path(n), tags: this.tags }));
    }
    this.content(url.pathname, response);
  }

  private has(n: number): boolean {
    if (this.lie === 'lists nothing' || this.lie === "has another's data") return false;
    if (this.lie === 'lists one page') return n < pageSize / 2 && n < this.size / 2;
    if (this.lie === 'lost a third') return n % 3 !== 0;
    return !this.gone.has(n);
  }

  private catalog(url: URL, response: ServerResponse): void {
    const all =
      this.lie === "has another's data"
        ? ['someone/else']
        : Array.from({ length: this.size }, (_, n) => n)
            .filter((n) => this.has(n))
            .map((n) => FalseRegistry.path(n));
    const from = Number(url.searchParams.get('from') ?? 0);
    const page = all.slice(from, from + pageSize);
    if (from + pageSize < all.length && this.lie !== 'lists one page') {
      response.setHeader('link', `</v2/_catalog?from=${from + pageSize}>; rel="next"`);
    }
    send(response, 200, JSON.stringify({ repositories: page }));
  }

  private content(path: string, response: ServerResponse): void {
    const blob = theImage.blobs.find(({ digest }) => path.endsWith(digest));
    if (blob !== undefined) return send(response, 200, blob.body);
    const reference = path.slice(path.lastIndexOf('/') + 1);
    if (reference !== theImage.digest && !this.tags.includes(reference)) {
      return refuse(response, 404, 'MANIFEST_UNKNOWN');
    }
    response.setHeader('docker-content-digest', theImage.digest);
    send(response, 200, theImage.body, theImage.mediaType);
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

function refuse(response: ServerResponse, status: number, code: string): void {
  send(response, status, JSON.stringify({ errors: [{ code, message: code.toLowerCase() }] }));
}
