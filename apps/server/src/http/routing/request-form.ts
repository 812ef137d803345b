import type { DomainError } from '@central-index/platform/errors';
import { defineError, invalidInput } from '@central-index/platform/errors';
import type { FastifyRequest } from 'fastify';
import type { IncomingMessage } from 'node:http';
import { maxFields, tooManyFields } from '../body/form';
import { spellsFixedSegments } from './route-table';

/** Most lines in the header of a request. */
export const maxHeaderLines = 100;

const maxParameterLength = 300;

const malformed = defineError({
  code: 'MALFORMED_REQUEST',
  status: 400,
  description:
    'The request line or the header is not what HTTP allows, or programs on its way could read it differently.',
  message: (what: string) => what,
});
const headerTooLarge = defineError({
  code: 'HEADER_TOO_LARGE',
  status: 431,
  description: `The header has more than ${maxHeaderLines} lines.`,
  message: () => `send at most ${maxHeaderLines} header lines`,
});

// Headers that a proxy and this server could each take another line of, by the length of their names.
const singleHeaders: Readonly<Record<number, string>> = {
  4: 'host',
  12: 'content-type',
  13: 'authorization',
};
// RFC 9112, 3.2: uri-host [ ":" port ], or nothing.
const hostFormat = /^(?:(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._~!$&'()*+;=%-]+)(?::[0-9]*)?)?$/;

/**
 * What the router reads: a target that is no path becomes `/`, and so does a path that cannot be decoded. The hook that
 * calls `requestFault` sees the target as it was sent and refuses it, with all headers that every response has.
 */
export function routablePath({ url = '' }: IncomingMessage): string {
  if (!url.startsWith('/')) return '/';
  if (!url.includes('%')) return url;
  try {
    decodeURIComponent(pathOf(url));
    return url;
  } catch {
    return '/';
  }
}

/** The path of a request as it was sent, percent-encoded and without the query. */
export const pathOf = (target: string): string => target.split('?', 1)[0]!;

/** Why a request is refused by its form alone, whatever it asks for; undefined if it is well formed. */
export function requestFault(request: FastifyRequest): DomainError | undefined {
  return headerFault(request.raw) ?? targetFault(request) ?? parameterFault(request.params);
}

function headerFault({ rawHeaders, headers }: IncomingMessage): DomainError | undefined {
  if (rawHeaders.length > 2 * maxHeaderLines) return headerTooLarge();
  const seen = new Set<string>();
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]!;
    const single = singleHeaders[name.length];
    if (single === undefined || name.toLowerCase() !== single) continue;
    if (seen.has(single)) return malformed(`send the header ${single} once`);
    seen.add(single);
  }
  return hostFormat.test(headers.host ?? '') ? undefined : malformed('the header host is no host');
}

function targetFault(request: FastifyRequest): DomainError | undefined {
  const { originalUrl: target, method } = request;
  if (target === '*' && method === 'OPTIONS') return undefined;
  if (!target.startsWith('/')) return malformed('send the path of the resource as the request target');
  if (target.includes('#')) return malformed('a request target has no fragment');
  const path = pathOf(target);
  if (request.url !== target) return malformed('the path is not percent-encoded UTF-8');
  if (hasTooManyFields(target.slice(path.length))) return tooManyFields();
  const pattern = request.routeOptions.url;
  return pattern === undefined || !path.includes('%') || spellsFixedSegments(pattern, path)
    ? undefined
    : encodedFixedSegment();
}

/** 400: the path of a route is written with percent-encoded characters. */
export const encodedFixedSegment = (): DomainError =>
  malformed('write the fixed parts of the path without percent-encoding');

function hasTooManyFields(query: string): boolean {
  let at = -1;
  for (let count = 1; count <= maxFields; count += 1) {
    at = query.indexOf('&', at + 1);
    if (at < 0) return false;
  }
  return true;
}

function parameterFault(params: unknown): DomainError | undefined {
  for (const [field, value] of Object.entries((params ?? {}) as Record<string, string>)) {
    if (value.length <= maxParameterLength) continue;
    return invalidInput([{ field, message: `has more than ${maxParameterLength} characters` }]);
  }
  return undefined;
}
