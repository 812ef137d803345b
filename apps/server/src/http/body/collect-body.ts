import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';

/** The sender closed the connection before the body was complete. */
export class BodyEndedEarly extends Error {}

/** The body is larger than the route reads. What remains of it is discarded. */
export class BodyTooLarge extends Error {}

/** The body arrives in so many tiny parts that reading them costs more than everything else. */
export class BodyInFragments extends Error {}

/** The first bytes of a body, and its whole size. */
export interface CollectedBody {
  readonly bytes: Buffer;
  readonly size: number;
}

/** How much of a body is kept, and how large the whole may be, both in bytes. */
export interface BodyLimits {
  readonly keep: number;
  readonly max: number;
}

const initialBytes = 4_096;

// A part costs about as much as a kilobyte. A person's slow connection has parts of hundreds of bytes.
const maxFragments = 1_000;
const fragmentBytes = 16;

/**
 * Reads a body to its end and keeps its first `keep` bytes. They are copied into one buffer: a list of the chunks would
 * take a hundred times their size when every chunk is one byte. Throws BodyTooLarge as soon as more than `max` bytes are
 * announced or have arrived, BodyInFragments after 1,000 parts of less than 16 bytes on average, and BodyEndedEarly.
 */
export function collectBody(payload: Readable, { keep, max }: BodyLimits): Promise<CollectedBody> {
  const announced = announcedBytes(payload);
  let buffer = Buffer.allocUnsafe(Math.min(announced ?? initialBytes, keep));
  let kept = 0;
  let size = 0;
  let parts = 0;
  const append = (chunk: Buffer): void => {
    const end = Math.min(keep, size + chunk.length);
    size += chunk.length;
    if (end === kept) return;
    if (end > buffer.length) {
      const larger = Buffer.allocUnsafe(Math.min(keep, Math.max(end, 2 * buffer.length)));
      buffer.copy(larger, 0, 0, kept);
      buffer = larger;
    }
    chunk.copy(buffer, kept, 0, end - kept);
    kept = end;
  };
  return new Promise((resolve, reject) => {
    const stop = (settle: () => void): void => {
      payload.off('data', onData).off('end', onEnd).off('close', onClose);
      // The stream stays alive, because the response is sent on its socket.
      payload.resume();
      settle();
    };
    const onData = (chunk: Buffer): void => {
      append(chunk);
      parts += 1;
      if (size > max) stop(() => reject(new BodyTooLarge()));
      else if (parts > maxFragments && size < parts * fragmentBytes) {
        stop(() => reject(new BodyInFragments()));
      }
    };
    const onEnd = (): void => stop(() => resolve({ bytes: buffer.subarray(0, kept), size }));
    const onClose = (): void => stop(() => reject(new BodyEndedEarly()));
    payload.on('data', onData).once('end', onEnd).once('close', onClose);
    // A sender that goes away is reported by `close` as well.
    payload.on('error', () => undefined);
    if (announced !== undefined && announced > max) stop(() => reject(new BodyTooLarge()));
  });
}

// Node has checked the header: it has digits only, and occurs once.
function announcedBytes(payload: Readable): number | undefined {
  const length = (payload as Partial<IncomingMessage>).headers?.['content-length'];
  return length === undefined ? undefined : Number(length);
}
