import { isDigest, isTag, parseRepositoryName } from '@central-index/naming';
import { parseIpAddress } from '@central-index/platform/http';
import { fields, readTime, text, type Fields } from './event-fields';
import { unreadable, type RegistryEvent } from './registry-event';
import { readZotEvent } from './zot-event';

// The subject of the index's own tokens: its reads count as no pulls, its copies as no pushes.
const ownSubject = ':index';
const hasPort = /(?:^[^:]+|\]):\d+$/;

/**
 * Parses an event of Distribution 2.x or 3.x, or of zot. Absent and empty fields mean the same, because 3.x sends empty
 * ones. Only the repository's name is required: a GET has no tag, a delete by tag has no digest.
 */
export function readEvent(body: Buffer): RegistryEvent {
  let event: Fields;
  try {
    event = fields(JSON.parse(body.toString('utf8')));
  } catch {
    return unreadable('not JSON');
  }
  if (event.specversion !== undefined) return readZotEvent(event);
  const target = fields(event.target);
  const path = text(target.repository);
  if (path === undefined || parseRepositoryName(path) === undefined) {
    return unreadable('an invalid repository name');
  }
  switch (event.action) {
    case 'mount':
      return { kind: 'ignored' };
    case 'pull':
      return isManifest(target, path) ? readPull(path, target, event) : { kind: 'ignored' };
    case 'push':
      return isManifest(target, path) ? readChange('push', path, target, event) : { kind: 'ignored' };
    case 'delete':
      return readChange('delete', path, target, event);
    default:
      return unreadable('an unknown action');
  }
}

function readChange(kind: 'push' | 'delete', path: string, target: Fields, event: Fields): RegistryEvent {
  const tag = text(target.tag);
  const digest = text(target.digest);
  if (tag !== undefined && !isTag(tag)) return unreadable('an invalid tag');
  if (digest !== undefined && !isDigest(digest)) return unreadable('an invalid digest');
  const actor = text(fields(event.actor).name);
  const own = actor === ownSubject ? ({ own: true } as const) : {};
  if (kind === 'delete') return { kind, path, ...own, tag, digest };
  if (tag === undefined && digest === undefined) {
    return unreadable('a push without tag and digest');
  }
  return { kind, path, ...own, tag, digest, actor, at: readTime(event.timestamp) };
}

function readPull(path: string, target: Fields, event: Fields): RegistryEvent {
  const request = fields(event.request);
  const tag = text(target.tag);
  const digest = text(target.digest) ?? '';
  const head = request.method === 'HEAD';
  if (fields(event.actor).name === ownSubject) return { kind: 'ignored' };
  if (head ? tag === undefined : request.method !== 'GET') return { kind: 'ignored' };
  if (tag !== undefined && !isTag(tag)) return unreadable('an invalid tag');
  if (digest !== '' && !isDigest(digest)) return unreadable('an invalid digest');
  if (tag === undefined && digest === '') {
    return unreadable('a pull without tag and digest');
  }
  // The port differs per connection, so it does not identify a client. What is no address does not identify one either.
  const reported = text(request.addr) ?? '';
  const address = parseIpAddress(reported) ?? '';
  // Distribution takes an address without a port from X-Forwarded-For or X-Real-Ip, one with a port from the connection.
  const forwarded = address !== '' && !hasPort.test(reported) ? ({ forwarded: true } as const) : {};
  return { kind: 'pull', path, head, tag, digest, address, ...forwarded, at: readTime(event.timestamp) };
}

// The URL distinguishes manifests from blobs. The name is part of the pattern because a repository may be called
// `manifests`.
function isManifest(target: Fields, path: string): boolean {
  const url = text(target.url);
  if (url !== undefined) return url.includes(`/${path}/manifests/`);
  return /manifest|image\.index/.test(text(target.mediaType) ?? '');
}
