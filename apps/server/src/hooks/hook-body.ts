import { invalidInput } from '@central-index/platform/errors';
import type { Readable } from 'node:stream';

const maxReadableBytes = 1024 * 1024;
const truncatedBytes = 64 * 1024;
const maxBytes = 16 * 1024 * 1024;

/** The body of a hook: complete up to 1 MB, else its first 64 kB. */
export interface HookBody {
  readonly bytes: Buffer;
  readonly oversized: boolean;
}

/**
 * Reads the body of a hook, whatever its content type. A body over 1 MB is read to its end and truncated, not refused,
 * because a registry would only send it again. Over 16 MB, or when the sender aborts, the connection is closed and
 * VALIDATION_FAILED is thrown.
 */
export async function readHookBody(payload: Readable | undefined): Promise<HookBody> {
  let chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of payload ?? []) {
      size += (chunk as Buffer).length;
      if (size > maxBytes) throw new Error('too large');
      if (size <= maxReadableBytes || chunks.length === 0) chunks.push(chunk as Buffer);
      else if (chunks.length > 1) chunks = [Buffer.concat(chunks).subarray(0, truncatedBytes)];
    }
  } catch {
    payload?.destroy();
    throw invalidInput([{ field: '', message: 'the body ended early or is larger than 16 MB' }]);
  }
  const bytes = Buffer.concat(chunks);
  return size > maxReadableBytes
    ? { bytes: bytes.subarray(0, truncatedBytes), oversized: true }
    : { bytes, oversized: false };
}
