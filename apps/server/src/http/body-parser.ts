import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Readable } from 'node:stream';
import { invalidInput } from '@central-index/platform/errors';
import { surfaceOf } from './surface';

// The largest field is a README of 25,000 characters, at most 100 kB.
const maxBodyBytes = 256 * 1024;

/**
 * Registers one parser for every content type:
 *
 * - hooks get the raw stream: their controllers limit its size, and signatures cover the exact bytes
 * - the v1 surface reads JSON whatever the Content-Type, because docker 0.6 sends none
 * - `/token` reads forms only
 * - all other routes require application/json, which a form of another site cannot send
 */
export function registerBodyParser(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', (request: FastifyRequest, payload: Readable, done) => {
    if (request.url.startsWith('/hooks/')) return done(null, payload);
    const type = (request.headers['content-type'] ?? '').split(';', 1)[0]!.trim().toLowerCase();
    const token = surfaceOf(request.url) === 'token';
    const form = type === 'application/x-www-form-urlencoded' && token;
    if (token && !form) return done(invalidInput([{ field: '', message: 'send the parameters as a form' }]));
    if (type !== 'application/json' && !form && !request.url.startsWith('/v1/')) {
      return done(Object.assign(new Error('unsupported media type'), { statusCode: 415 }));
    }
    read(payload)
      .then((text) => (form ? new URLSearchParams(text) : parseJson(text)))
      .then(
        (body) => done(null, body),
        (error: Error) => done(error),
      );
  });
}

async function read(payload: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of payload) {
    size += (chunk as Buffer).length;
    if (size > maxBodyBytes) throw Object.assign(new Error('body too large'), { statusCode: 413 });
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseJson(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw invalidInput([{ field: '', message: 'the body is not valid JSON' }]);
  }
}
