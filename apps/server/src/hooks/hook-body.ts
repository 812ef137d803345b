import { invalidInput } from '@central-index/platform/errors';
import type { Readable } from 'node:stream';
import { collectBody } from '../http/body/collect-body';

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
  if (payload === undefined) return { bytes: Buffer.alloc(0), oversized: false };
  try {
    const { bytes, size } = await collectBody(payload, { keep: maxReadableBytes, max: maxBytes });
    return size > maxReadableBytes
      ? { bytes: bytes.subarray(0, truncatedBytes), oversized: true }
      : { bytes, oversized: false };
  } catch {
    payload.destroy();
    throw invalidInput([{ field: '', message: 'the body ended early or is larger than 16 MB' }]);
  }
}
