import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A TCP proxy to a database that a test can cut: all connections are destroyed, and new ones are refused. */
export class InterruptibleProxy {
  private readonly sockets = new Set<Socket>();

  private constructor(
    /** The database's URL through this proxy. */
    readonly url: string,
    private readonly close: () => void,
  ) {}

  /** Starts a proxy in front of the database. */
  static async to(databaseUrl: string): Promise<InterruptibleProxy> {
    const { hostname, port } = new URL(databaseUrl);
    const server = createServer((client) => {
      const upstream = connect(Number(port), hostname);
      for (const socket of [client, upstream]) {
        proxy.sockets.add(socket);
        socket.on('error', () => socket.destroy());
      }
      client.pipe(upstream).pipe(client);
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const url = new URL(databaseUrl);
    url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const proxy = new InterruptibleProxy(url.href, () => server.close());
    return proxy;
  }

  /** Destroys all connections and refuses new ones, permanently. */
  cut(): void {
    this.close();
    this.sockets.forEach((socket) => socket.destroy());
  }
}
