import { invalidInput } from '@central-index/platform/errors';
import type { Readable } from 'node:stream';

const readable = 1024 * 1024;
const kept = 64 * 1024;
const drained = 16 * 1024 * 1024;

/** The body of a hook: whole up to 1 MB, else its first 64 kB. */
export interface HookBody {
  readonly bytes: Buffer;
  readonly oversized: boolean;
}

/**
 * Reads what a hook was sent, of whatever content type. A sender may be unable to do anything but send the same again,
 * so a body over 1 MB is read to its end and not refused; one over 16 MB has its connection closed.
 */
export async function readHookBody(payload: Readable | undefined): Promise<HookBody> {
  let chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of payload ?? []) {
      size += (chunk as Buffer).length;
      if (size > drained) throw new Error('too large');
      if (size <= readable || chunks.length === 0) chunks.push(chunk as Buffer);
      else if (chunks.length > 1) chunks = [Buffer.concat(chunks).subarray(0, kept)];
    }
  } catch {
    payload?.destroy();
    throw invalidInput([{ field: '', message: 'the body ended early or is larger than 16 MB' }]);
  }
  const bytes = Buffer.concat(chunks);
  return size > readable ? { bytes: bytes.subarray(0, kept), oversized: true } : { bytes, oversized: false };
}
