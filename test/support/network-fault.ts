import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** The way to a database, which a spec can cut or let fall silent. */
export class NetworkFault {
  private readonly sockets = new Set<Socket>();
  private readonly listening = new WeakSet<Socket>();
  private state: 'open' | 'cut' | 'deaf' = 'open';

  private constructor(
    private readonly server: Server,
    /** The same database by this way. */
    readonly url: string,
  ) {}

  static async start(databaseUrl: string): Promise<NetworkFault> {
    const url = new URL(databaseUrl);
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const way = new URL(databaseUrl);
    way.hostname = '127.0.0.1';
    way.port = String((server.address() as AddressInfo).port);
    const fault = new NetworkFault(server, way.href);
    server.on('connection', (near) => {
      if (fault.state === 'cut') return void near.destroy();
      const far = connect(Number(url.port || 5432), url.hostname);
      fault.join(near, far);
      fault.join(far, near);
    });
    return fault;
  }

  /** Resets every connection, and refuses new ones until `heal`. */
  cut(): void {
    this.state = 'cut';
    for (const socket of this.sockets) socket.destroy();
  }

  /** Loses from now on what the database says on connections that ever listened, while they seem to stand. */
  silenceListeners(): void {
    this.state = 'deaf';
  }

  heal(): void {
    this.state = 'open';
    // What was lost in the middle of a conversation cannot be made good.
    for (const socket of this.sockets) socket.destroy();
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  private join(from: Socket, to: Socket): void {
    this.sockets.add(from);
    from.on('data', (chunk) => {
      // The client's side says LISTEN; what is lost is what the other side answers.
      if (chunk.includes('listen central_index')) this.listening.add(to);
      if (this.state !== 'deaf' || !this.listening.has(from)) to.write(chunk);
    });
    from.on('error', () => to.destroy());
    from.on('close', () => {
      this.sockets.delete(from);
      to.destroy();
    });
  }
}
