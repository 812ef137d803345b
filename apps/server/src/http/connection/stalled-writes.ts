import type { Server } from 'node:http';
import type { Socket } from 'node:net';

interface Progress {
  readonly state: string;
  readonly since: number;
}

/**
 * Closes connections whose peer has taken no byte of a response for `timeoutMs`, checked every `intervalMs`. A timeout on
 * idle sockets does not find them, because the peer can send bytes while it reads none. A slow reader keeps its connection.
 */
export function closeStalledWrites(server: Server, timeoutMs: number, intervalMs: number): void {
  const sockets = new Set<Socket>();
  const pending = new WeakMap<Socket, Progress>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  const check = (): void => {
    const now = performance.now();
    for (const socket of sockets) {
      if (socket.writableLength === 0) {
        pending.delete(socket);
        continue;
      }
      const state = `${socket.bytesWritten} ${queuedBytes(socket)}`;
      const progress = pending.get(socket);
      if (progress?.state !== state) pending.set(socket, { state, since: now });
      else if (now - progress.since >= timeoutMs) socket.destroy();
    }
  };
  const timer = setInterval(check, intervalMs).unref();
  server.once('close', () => clearInterval(timer));
}

// What the operating system has not taken yet, also of a single large write, which `writableLength` counts as a whole
// until its end. Node uses the same property for its timeouts.
function queuedBytes(socket: Socket): number {
  const { _handle: handle } = socket as Socket & { readonly _handle?: { readonly writeQueueSize?: number } };
  return handle?.writeQueueSize ?? socket.writableLength;
}
