import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Readable } from 'node:stream';
import { invalidInput } from '@central-index/platform/errors';
import { surfaceOf, type Surface } from '../surface';
import { BodyInFragments, BodyTooLarge, collectBody } from './collect-body';
import { parseForm } from './form';
import { maxEntries, parseJson } from './json';

/**
 * Most bytes of a body, by surface. The largest field of the REST API is a README of 25,000 characters, at most 100 kB;
 * an image list of the v1 protocol has 10,000 entries at
 * most, about 1 MB; the form of `/token` has a password of 4,096 characters at most and the scopes of a push. Hooks limit their bodies
 * themselves.
 */
export const maxBodyBytes: Readonly<Record<Exclude<Surface, 'hooks' | 'registry'>, number>> = {
  api: 256 * 1024,
  v1: 1024 * 1024,
  pages: 256 * 1024,
  token: 16 * 1024,
};

/**
 * Registers one parser for every content type, which the matched route chooses:
 *
 * - hooks get the raw stream: their controllers limit its size, and signatures cover the exact bytes
 * - the v1 surface reads JSON whatever the Content-Type, because docker 0.6 sends none
 * - `/token` and pages read forms only; those of pages have a token against other sites
 * - all other routes require application/json, which a form of another site cannot send
 *
 * Without a route no body is read, nor on the surface of registries: the index stores no images.
 */
export function registerBodyParser(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', (request: FastifyRequest, payload: Readable, done) => {
    const surface = surfaceOf(request);
    if (request.is404 || surface === 'registry') return done(null, undefined);
    if (surface === 'hooks') return done(null, payload);
    const type = (request.headers['content-type'] ?? '').split(';', 1)[0]!.trim().toLowerCase();
    const readsForm = surface === 'token' || surface === 'pages';
    if (readsForm && type !== 'application/x-www-form-urlencoded') {
      return done(invalidInput([{ field: '', message: 'send the parameters as a form' }]));
    }
    if (!readsForm && surface !== 'v1' && type !== 'application/json') {
      return done(statusError(415, 'unsupported media type'));
    }
    const max = maxBodyBytes[surface];
    collectBody(payload, { keep: max, max })
      .then(({ bytes }) =>
        readsForm
          ? parseForm(bytes.toString('utf8'))
          : parseJson(bytes, surface === 'v1' ? maxEntries.v1 : maxEntries.api),
      )
      .then(
        (body) => done(null, body),
        (error: Error) => {
          // Without a response: what the client has still to send would cost as much as what it sent.
          if (error instanceof BodyInFragments) payload.destroy();
          done(error instanceof BodyTooLarge ? statusError(413, 'body too large') : error);
        },
      );
  });
}

function statusError(statusCode: number, message: string): Error {
  return Object.assign(new Error(message), { statusCode });
}
