import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A line to a database that a test can cut: every connection dies, and new ones are refused. */
export class InterruptibleProxy {
  private readonly sockets = new Set<Socket>();

  private constructor(
    /** The database's address through this line. */
    readonly url: string,
    private readonly close: () => void,
  ) {}

  static async to(databaseUrl: string): Promise<InterruptibleProxy> {
    const { hostname, port } = new URL(databaseUrl);
    const server = createServer((near) => {
      const far = connect(Number(port), hostname);
      for (const socket of [near, far]) {
        line.sockets.add(socket);
        socket.on('error', () => socket.destroy());
      }
      near.pipe(far).pipe(near);
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const url = new URL(databaseUrl);
    url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const line = new InterruptibleProxy(url.href, () => server.close());
    return line;
  }

  cut(): void {
    this.close();
    this.sockets.forEach((socket) => socket.destroy());
  }
}
