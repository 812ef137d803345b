import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A TCP proxy to a database, which a spec can cut, silence or freeze. */
export class NetworkFault {
  private readonly sockets = new Set<Socket>();
  private readonly held = new Set<Socket>();
  private readonly listening = new WeakSet<Socket>();
  private state: 'open' | 'cut' | 'silent' | 'frozen' = 'open';

  private constructor(
    private readonly server: Server,
    /** The database's URL through this proxy. */
    readonly url: string,
  ) {}

  static async start(databaseUrl: string): Promise<NetworkFault> {
    const url = new URL(databaseUrl);
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const proxyUrl = new URL(databaseUrl);
    proxyUrl.hostname = '127.0.0.1';
    proxyUrl.port = String((server.address() as AddressInfo).port);
    const fault = new NetworkFault(server, proxyUrl.href);
    server.on('connection', (client) => {
      if (fault.state === 'cut') return void client.destroy();
      if (fault.state === 'frozen') return void fault.hold(client);
      const upstream = connect(Number(url.port || 5432), url.hostname);
      fault.forward(client, upstream);
      fault.forward(upstream, client);
    });
    return fault;
  }

  /** Resets every connection, and refuses new ones until `heal`. */
  cut(): void {
    this.state = 'cut';
    for (const socket of this.sockets) socket.destroy();
  }

  /** Drops what the database sends on connections that have executed LISTEN, and leaves these connections open. */
  silenceListeners(): void {
    this.state = 'silent';
  }

  /** Forwards nothing, and accepts connections that nothing answers: a black hole, or a server that is suspended. */
  freeze(): void {
    this.state = 'frozen';
    for (const socket of this.sockets) socket.pause();
  }

  /** Forwards what was held, and everything again, on the same connections. */
  thaw(): void {
    this.state = 'open';
    for (const socket of this.held) socket.destroy();
    for (const socket of this.sockets) socket.resume();
  }

  /** Forwards everything again, on new connections. */
  heal(): void {
    this.state = 'open';
    // A connection that has lost bytes cannot be used any more.
    for (const socket of this.sockets) socket.destroy();
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  private hold(client: Socket): void {
    for (const set of [this.sockets, this.held]) set.add(client);
    client.on('error', () => client.destroy());
    client.on('close', () => [this.sockets, this.held].forEach((set) => set.delete(client)));
  }

  private forward(from: Socket, to: Socket): void {
    this.sockets.add(from);
    from.on('data', (chunk) => {
      // The client sends LISTEN; what is dropped is what the database sends on the opposite socket.
      if (chunk.includes('listen central_index')) this.listening.add(to);
      if (this.state !== 'silent' || !this.listening.has(from)) to.write(chunk);
    });
    from.on('error', () => to.destroy());
    from.on('close', () => {
      this.sockets.delete(from);
      to.destroy();
    });
  }
}
