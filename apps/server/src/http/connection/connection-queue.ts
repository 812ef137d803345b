import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Most requests of one connection that are not answered yet. Clients that pipeline at all send a few. */
export const maxUnanswered = 64;

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/**
 * The requests of one connection, which may arrive before earlier ones are answered (pipelining, RFC 9112, 9.3.2). They
 * are handled one after another: the next one when the client has been sent the response before. So a connection occupies
 * no more than one handler and the memory of one response, and a GET sees what the POST before it changed. When more than
 * 64 wait, no further ones are handled: the connection is closed after the responses to those that wait.
 */
class ConnectionQueue {
  private readonly waiting: Exchange[] = [];
  private last: ServerResponse | undefined;
  private unanswered = 0;
  private isFull = false;

  constructor(
    private readonly socket: Socket,
    private readonly handle: RequestListener,
  ) {
    socket.once('close', () => this.waiting.splice(0));
  }

  /** Handles a request, now or after those before it. */
  add(exchange: Exchange): void {
    if (this.isFull || this.unanswered === maxUnanswered) return this.refuse();
    this.unanswered += 1;
    this.last = exchange.response;
    exchange.response.once('close', this.next);
    if (this.unanswered === 1) this.handle(exchange.request, exchange.response);
    else this.waiting.push(exchange);
  }

  // The last response is not begun, because others are before it: it can still announce that the connection ends.
  private refuse(): void {
    this.isFull = true;
    if (this.last !== undefined) this.last.shouldKeepAlive = false;
    this.socket.pause();
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
