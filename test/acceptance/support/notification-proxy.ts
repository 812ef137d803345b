import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A notification on its way. */
export interface ReceivedNotification {
  readonly path: string;
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/** Takes a registry's notifications in the index's place, for a test to deliver late, twice or in another order. */
export class NotificationProxy {
  private readonly letters: ReceivedNotification[] = [];

  private constructor(private readonly server: Server) {}

  static async start(): Promise<NotificationProxy> {
    const server = createServer((request, response) => {
      void read(request).then((body) => {
        const { authorization = '', 'content-type': type = '' } = request.headers;
        const headers = { authorization, 'content-type': type };
        courier.letters.push({ path: request.url ?? '/', body, headers });
        response.writeHead(200).end();
      });
    });
    const courier = new NotificationProxy(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return courier;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** True once a letter that holds all those texts has come. A registry sends one after the other. */
  hasReceived(...texts: readonly string[]): boolean {
    return this.letters.some(({ body }) => texts.every((text) => body.includes(text)));
  }

  /** Takes all that has come. */
  drain(): ReceivedNotification[] {
    return this.letters.splice(0);
  }

  /** Delivers a letter to the index; throws unless it is taken. */
  async deliver(url: string, { path, body, headers }: ReceivedNotification): Promise<void> {
    const answer = await fetch(url + path, { method: 'POST', headers, body: new Uint8Array(body) });
    await answer.arrayBuffer();
    if (answer.status !== 202) throw new Error(`a notification was answered ${answer.status}`);
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
