import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Most requests of one connection that are not answered yet. Clients that pipeline at all send a few. */
export const maxUnanswered = 100;

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/**
 * The requests of one connection, which may arrive before earlier ones are answered (pipelining, RFC 9112, 9.3.2). They
 * are handled one after another: the next one when the client has been sent the response before. So a connection occupies
 * no more than one handler and the memory of one response, and a GET sees what the POST before it changed. With more than
 * 100 unanswered requests the connection is closed without further responses, because Node would read and keep all that
 * the client sends until then.
 */
class ConnectionQueue {
  private readonly waiting: Exchange[] = [];
  private unanswered = 0;

  constructor(
    private readonly socket: Socket,
    private readonly handle: RequestListener,
  ) {
    socket.once('close', () => this.waiting.splice(0));
  }

  /** Handles a request, now or after those before it. */
  add(exchange: Exchange): void {
    // What remains of the bytes that were read is still parsed.
    if (this.socket.destroyed) return;
    if (this.unanswered === maxUnanswered) {
      this.socket.destroy();
      return;
    }
    this.unanswered += 1;
    exchange.response.once('close', this.next);
    if (this.unanswered === 1) this.handle(exchange.request, exchange.response);
    else this.waiting.push(exchange);
  }

  private readonly next = (): void => {
    this.unanswered -= 1;
    const exchange = this.socket.destroyed ? undefined : this.waiting.shift();
    if (exchange !== undefined) this.handle(exchange.request, exchange.response);
  };
}

/** A listener that hands the requests of each connection to `handle` one after another. */
export function inTurn(handle: RequestListener): RequestListener {
  const queues = new WeakMap<Socket, ConnectionQueue>();
  return (request, response) => {
    const { socket } = request;
    let queue = queues.get(socket);
    if (queue === undefined) {
      queue = new ConnectionQueue(socket, handle);
      queues.set(socket, queue);
    }
    queue.add({ request, response });
  };
}
