import {
  Agent,
  createServer,
  request,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import type { MeilisearchServer } from '../test/support/meilisearch-server';

/** The conditions that a FaultyMeilisearch can be in. */
export const conditions = ['healthy', 'stopped', 'hanging', 'failing', 'rejecting the key'] as const;

/** One of `conditions`. */
export type Condition = (typeof conditions)[number];

/** A real Meilisearch behind a proxy, which can respond with 500 to everything or replace the key by a wrong one. */
export class FaultyMeilisearch {
  private condition: Condition = 'healthy';
  private readonly agent = new Agent({ keepAlive: true });
  /** Successful searches since `resetSearches` was last called. */
  private searches = 0;

  private constructor(
    private readonly meilisearch: MeilisearchServer,
    private readonly server: Server,
    private readonly port: number,
  ) {}

  /** Starts the proxy in front of a running Meilisearch, which `stop` ends too. */
  static async start(meilisearch: MeilisearchServer): Promise<FaultyMeilisearch> {
    const server = createServer((incoming, outgoing) => proxy.forward(incoming, outgoing));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const proxy = new FaultyMeilisearch(meilisearch, server, (server.address() as AddressInfo).port);
    return proxy;
  }

  /** The environment that makes the product use the proxy. */
  get env(): Record<string, string> {
    return { ...this.meilisearch.env, MEILI_URL: `http://127.0.0.1:${this.port}` };
  }

  /** Returns the number of successful searches since the last call. */
  resetSearches(): number {
    const { searches } = this;
    this.searches = 0;
    return searches;
  }

  /** Changes from the present condition to another one. */
  async become(condition: Condition): Promise<void> {
    if (this.condition === 'hanging') await this.meilisearch.signal('SIGCONT');
    if (this.condition === 'stopped') {
      await this.meilisearch.run();
      await new Promise<void>((resolve) => this.server.listen(this.port, '127.0.0.1', resolve));
    }
    this.condition = condition;
    if (condition === 'hanging') await this.meilisearch.signal('SIGSTOP');
    if (condition === 'stopped') {
      this.server.close();
      this.server.closeAllConnections();
      await this.meilisearch.signal('SIGKILL');
    }
  }

  async stop(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    this.agent.destroy();
    await this.meilisearch.stop();
  }

  private forward(incoming: IncomingMessage, outgoing: ServerResponse): void {
    if (this.condition === 'failing') {
      incoming.resume();
      outgoing.writeHead(500, { 'content-type': 'application/json' });
      outgoing.end('{"message":"An internal error has occurred.","code":"internal","type":"internal"}');
      return;
    }
    const headers = { ...incoming.headers };
    if (this.condition === 'rejecting the key') headers.authorization = 'Bearer not-the-key';
    const { method, url: path } = incoming;
    const forwarded = request(
      { host: '127.0.0.1', port: this.meilisearch.port, agent: this.agent, method, path, headers },
      (response) => {
        if (response.statusCode === 200 && path === '/multi-search') this.searches += 1;
        outgoing.writeHead(response.statusCode!, response.headers);
        response.pipe(outgoing);
      },
    );
    forwarded.on('error', () => outgoing.destroy());
    outgoing.on('close', () => {
      if (!outgoing.writableFinished) forwarded.destroy();
    });
    incoming.pipe(forwarded);
  }
}
