import type { FastifyReply, FastifyRequest } from 'fastify';
import { createHash } from 'node:crypto';

/** A file that every client gets the same bytes of, from one buffer. */
export class StaticFile {
  /** The strong validator of the bytes (RFC 9110, 8.8.3). */
  readonly etag: string;
  /** Sixteen hexadecimal digits that change with the bytes, for the name of the file. */
  readonly hash: string;

  constructor(
    readonly bytes: Buffer,
    readonly contentType: string,
  ) {
    this.hash = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
    this.etag = `"${this.hash}"`;
  }
}

/**
 * Sends a file, or 304 to a client that has it. `immutable` is for addresses that contain the hash: caches keep them for a
 * year without asking. Other addresses are validated at each use; with `isPrivate`, shared caches keep nothing.
 */
export function sendFile(
  request: FastifyRequest,
  reply: FastifyReply,
  file: StaticFile,
  { immutable, isPrivate = false }: { readonly immutable: boolean; readonly isPrivate?: boolean },
): void {
  void reply.headers({
    etag: file.etag,
    'cache-control': immutable
      ? 'public, max-age=31536000, immutable'
      : `${isPrivate ? 'private' : 'public'}, no-cache`,
  });
  if (hasFile(request.headers['if-none-match'], file.etag)) void reply.status(304).send();
  else void reply.header('content-type', file.contentType).send(file.bytes);
}

// RFC 9110, 13.1.2: weak comparison.
function hasFile(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  if (header.trim() === '*') return true;
  return header.split(',').some((part) => part.trim().replace(/^W\//, '') === etag);
}
