import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

const slice = 4_096;

/** A line to a server of this machine over which what a client sends is slow, and answers are not. */
export class ThrottledProxy {
  private constructor(
    /** The port of 127.0.0.1 at which it begins. */
    readonly port: number,
    private readonly end: () => void,
  ) {}

  /** `rate` is in bytes a second, of each connection. */
  static async to(port: number, rate: number): Promise<ThrottledProxy> {
    const sockets = new Set<Socket>();
    const server = createServer((near) => {
      const far = connect(port, '127.0.0.1');
      for (const socket of [near, far]) {
        sockets.add(socket);
        socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy());
      }
      far.pipe(near);
      trickle(near, far, rate).then(
        () => far.end(),
        () => far.destroy(),
      );
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    return new ThrottledProxy((server.address() as AddressInfo).port, () => {
      server.close();
      sockets.forEach((socket) => socket.destroy());
    });
  }

  /** What people type before an image's name. */
  get host(): string {
    return `localhost:${this.port}`;
  }

  close(): void {
    this.end();
  }
}

// Requests without a body pass at once: only what goes beyond the first slice of a second waits.
async function trickle(from: Socket, to: Socket, rate: number): Promise<void> {
  for await (const chunk of from as AsyncIterable<Buffer>) {
    for (let at = 0; at < chunk.length; at += slice) {
      const part = chunk.subarray(at, at + slice);
      to.write(part);
      if (chunk.length > slice) await pause((part.length / rate) * 1000);
    }
  }
}
