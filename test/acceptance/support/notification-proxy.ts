import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A notification that the proxy has received from a registry. */
export interface ReceivedNotification {
  readonly path: string;
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/** Receives a registry's notifications in place of the index, for a test to deliver late, twice or in another order. */
export class NotificationProxy {
  private readonly received: ReceivedNotification[] = [];

  private constructor(private readonly server: Server) {}

  static async start(): Promise<NotificationProxy> {
    const server = createServer((request, response) => {
      void read(request).then((body) => {
        // zot sends the attributes of its events as headers.
        const kept = Object.entries(request.headers).filter(
          ([name]) => name === 'authorization' || name === 'content-type' || name.startsWith('ce-'),
        );
        const headers = Object.fromEntries(kept) as Record<string, string>;
        proxy.received.push({ path: request.url ?? '/', body, headers });
        response.writeHead(200).end();
      });
    });
    const proxy = new NotificationProxy(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** True once a notification with all these texts has arrived. Distribution sends them one after another. */
  hasReceived(...texts: readonly string[]): boolean {
    return this.received.some(({ body }) => texts.every((text) => body.includes(text)));
  }

  /** Removes and returns the notifications received so far. */
  drain(): ReceivedNotification[] {
    return this.received.splice(0);
  }

  /** Delivers a notification to the index; throws unless the index accepts it. */
  async deliver(url: string, { path, body, headers }: ReceivedNotification): Promise<void> {
    const response = await fetch(url + path, { method: 'POST', headers, body: new Uint8Array(body) });
    await response.arrayBuffer();
    if (response.status !== 202) throw new Error(`the index returned ${response.status} to a notification`);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
