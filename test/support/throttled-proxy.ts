import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

const sliceBytes = 4_096;

/** A TCP proxy to a server on this machine that throttles what clients send, but not the responses. */
export class ThrottledProxy {
  private constructor(
    /** The port of 127.0.0.1 on which it listens. */
    readonly port: number,
    private readonly stop: () => void,
  ) {}

  /** Starts a proxy to `port` of 127.0.0.1. `rate` is in bytes per second and connection. */
  static async to(port: number, rate: number): Promise<ThrottledProxy> {
    const sockets = new Set<Socket>();
    const server = createServer((client) => {
      const upstream = connect(port, '127.0.0.1');
      for (const socket of [client, upstream]) {
        sockets.add(socket);
        socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy());
      }
      upstream.pipe(client);
      forwardThrottled(client, upstream, rate).then(
        () => upstream.end(),
        () => upstream.destroy(),
      );
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    return new ThrottledProxy((server.address() as AddressInfo).port, () => {
      server.close();
      sockets.forEach((socket) => socket.destroy());
    });
  }

  /** The host part of image references. */
  get host(): string {
    return `localhost:${this.port}`;
  }

  close(): void {
    this.stop();
  }
}

// Chunks of at most one slice, such as requests without a body, are not delayed.
async function forwardThrottled(from: Socket, to: Socket, rate: number): Promise<void> {
  for await (const chunk of from as AsyncIterable<Buffer>) {
    for (let offset = 0; offset < chunk.length; offset += sliceBytes) {
      const part = chunk.subarray(offset, offset + sliceBytes);
      to.write(part);
      if (chunk.length > sliceBytes) await pause((part.length / rate) * 1000);
    }
  }
}
