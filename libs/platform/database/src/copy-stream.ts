import type { Client, Connection, Submittable } from 'pg';

// What pg's connection has for COPY, and its types leave out.
interface CopyConnection extends Connection {
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
  sendCopyFail(message: string): void;
}

/** One end of a copy: a connection, and its COPY statement. */
export interface CopyEndpoint {
  readonly client: Client;
  readonly statement: string;
}

/** A COPY statement that a client runs. The methods are those that pg calls for the server's messages. */
class CopyStatement implements Submittable {
  private settle!: { resolve: () => void; reject: (error: Error) => void };
  private connection!: CopyConnection;

  /** Resolves when the server has finished the statement. */
  readonly finished = new Promise<void>((resolve, reject) => {
    this.settle = { resolve, reject };
  });

  constructor(
    private readonly text: string,
    private readonly onChunk: (chunk: Buffer) => void,
    private readonly onReadyForData: () => void,
  ) {
    // A rejection must be handled also while only the other statement is awaited.
    this.finished.catch(() => undefined);
  }

  get stream(): Connection['stream'] {
    return this.connection.stream;
  }

  send(chunk: Buffer): void {
    this.connection.sendCopyFromChunk(chunk);
  }

  end(): void {
    this.connection.endCopyFrom();
  }

  abort(): void {
    this.connection.sendCopyFail('the source failed');
  }

  submit(connection: Connection): void {
    this.connection = connection as CopyConnection;
    connection.query(this.text);
  }

  handleCopyInResponse(): void {
    this.onReadyForData();
  }

  handleCopyData({ chunk }: { readonly chunk: Buffer }): void {
    this.onChunk(chunk);
  }

  handleCommandComplete(): void {
    // The server is ready for the next statement only after the message that follows.
  }

  handleReadyForQuery(): void {
    this.settle.resolve();
  }

  handleError(error: Error): void {
    this.settle.reject(error);
  }
}

/**
 * Sends the result of `copy … to stdout` on one connection to `copy … from stdin` on another, as fast as the slower one
 * goes. `progress` is called with the bytes of each chunk.
 */
export async function pipeCopy(
  from: CopyEndpoint,
  to: CopyEndpoint,
  progress: (bytes: number) => void,
): Promise<void> {
  const source = new CopyStatement(
    from.statement,
    (chunk) => {
      target.send(chunk);
      progress(chunk.length);
      // Chunks that were read before go on arriving while the source is paused.
      if (!target.stream.writableNeedDrain || source.stream.isPaused()) return;
      source.stream.pause();
      target.stream.once('drain', () => source.stream.resume());
    },
    () => undefined,
  );
  const target = new CopyStatement(
    to.statement,
    () => undefined,
    () => void from.client.query(source),
  );
  to.client.query(target);
  source.finished.then(
    () => target.end(),
    () => target.abort(),
  );
  // An error of the target, such as a violated constraint, comes first; the source then never finishes.
  await target.finished.catch(async (error: Error) => {
    throw (await Promise.race([source.finished, Promise.resolve()]).catch((cause: Error) => cause)) ?? error;
  });
}
