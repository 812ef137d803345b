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

/** The ways in which a Meilisearch is well, or not. */
export const conditions = ['well', 'stopped', 'hanging', 'failing', 'refusing the key'] as const;

export type Condition = (typeof conditions)[number];

/** A real Meilisearch behind a line that can fail in its stead: answer 500 to everything, or bring a wrong key. */
export class FaultyMeilisearch {
  private condition: Condition = 'well';
  private readonly agent = new Agent({ keepAlive: true });
  /** Searches that it answered since it was asked last. */
  private answered = 0;

  private constructor(
    private readonly real: MeilisearchServer,
    private readonly server: Server,
    private readonly port: number,
  ) {}

  static async before(real: MeilisearchServer): Promise<FaultyMeilisearch> {
    const server = createServer((incoming, response) => line.pass(incoming, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const line = new FaultyMeilisearch(real, server, (server.address() as AddressInfo).port);
    return line;
  }

  /** The environment that makes the product use it. */
  get env(): Record<string, string> {
    return { ...this.real.env, MEILI_URL: `http://127.0.0.1:${this.port}` };
  }

  /** Searches that were answered well since the last call. */
  takeAnswered(): number {
    const { answered } = this;
    this.answered = 0;
    return answered;
  }

  /** Brings it into this condition, out of any other. */
  async become(condition: Condition): Promise<void> {
    if (this.condition === 'hanging') await this.real.signal('SIGCONT');
    if (this.condition === 'stopped') {
      await this.real.run();
      await new Promise<void>((resolve) => this.server.listen(this.port, '127.0.0.1', resolve));
    }
    this.condition = condition;
    if (condition === 'hanging') await this.real.signal('SIGSTOP');
    if (condition === 'stopped') {
      this.server.close();
      this.server.closeAllConnections();
      await this.real.signal('SIGKILL');
    }
  }

  async stop(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    this.agent.destroy();
    await this.real.stop();
  }

  private pass(incoming: IncomingMessage, response: ServerResponse): void {
    if (this.condition === 'failing') {
      incoming.resume();
      response.writeHead(500, { 'content-type': 'application/json' });
      response.end('{"message":"An internal error has occurred.","code":"internal","type":"internal"}');
      return;
    }
    const headers = { ...incoming.headers };
    if (this.condition === 'refusing the key') headers.authorization = 'Bearer a key of somebody else';
    const { method, url: path } = incoming;
    const outgoing = request(
      { host: '127.0.0.1', port: this.real.port, agent: this.agent, method, path, headers },
      (answer) => {
        if (answer.statusCode === 200 && path === '/multi-search') this.answered += 1;
        response.writeHead(answer.statusCode!, answer.headers);
        answer.pipe(response);
      },
    );
    outgoing.on('error', () => response.destroy());
    response.on('close', () => {
      if (!response.writableFinished) outgoing.destroy();
    });
    incoming.pipe(outgoing);
  }
}
