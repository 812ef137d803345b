import { isDigest, isTag, parseRepositoryName } from '@central-index/naming';
import { fields, readTime, text, type Fields } from './event-fields';
import type { RegistryEvent } from './registry-event';
import { readZotEvent } from './zot-event';

/** The subject of the index's own tokens: what it reads is no pull, and what it moves no news. */
const ownSubject = ':index';
const maxAddress = 64;

/**
 * Reads an event of Distribution 2.x or 3.x, or of zot. Absent and empty fields are the same, because 3.x sends the latter. A GET
 * has no tag, a delete by tag no digest: nothing but the repository's name is required.
 */
export function readEvent(body: Buffer): RegistryEvent {
  let event: Fields;
  try {
    event = fields(JSON.parse(body.toString('utf8')));
  } catch {
    return { kind: 'unreadable', reason: 'not JSON' };
  }
  if (event.specversion !== undefined) return readZotEvent(event);
  const target = fields(event.target);
  const path = text(target.repository);
  if (path === undefined || parseRepositoryName(path) === undefined) {
    return { kind: 'unreadable', reason: 'a name that no repository of an index can have' };
  }
  switch (event.action) {
    case 'mount':
      return { kind: 'nothing' };
    case 'pull':
      return isManifest(target, path) ? readPull(path, target, event) : { kind: 'nothing' };
    case 'push':
      return isManifest(target, path) ? readChange('push', path, target, event) : { kind: 'nothing' };
    case 'delete':
      return readChange('delete', path, target, event);
    default:
      return { kind: 'unreadable', reason: 'an unknown action' };
  }
}

function readChange(kind: 'push' | 'delete', path: string, target: Fields, event: Fields): RegistryEvent {
  const tag = text(target.tag);
  const digest = text(target.digest);
  if (tag !== undefined && !isTag(tag)) return { kind: 'unreadable', reason: 'a tag that is none' };
  if (digest !== undefined && !isDigest(digest))
    return { kind: 'unreadable', reason: 'a digest that is none' };
  const actor = text(fields(event.actor).name);
  const whose = actor === ownSubject ? ({ own: true } as const) : {};
  if (kind === 'delete') return { kind, path, ...whose, tag, digest };
  if (tag === undefined && digest === undefined) {
    return { kind: 'unreadable', reason: 'a push of neither tag nor digest' };
  }
  return { kind, path, ...whose, tag, digest, actor, at: readTime(event.timestamp) };
}

function readPull(path: string, target: Fields, event: Fields): RegistryEvent {
  const request = fields(event.request);
  const tag = text(target.tag);
  const digest = text(target.digest) ?? '';
  const head = request.method === 'HEAD';
  if (fields(event.actor).name === ownSubject) return { kind: 'nothing' };
  if (head ? tag === undefined : request.method !== 'GET') return { kind: 'nothing' };
  if (tag !== undefined && !isTag(tag)) return { kind: 'unreadable', reason: 'a tag that is none' };
  if (digest !== '' && !isDigest(digest)) return { kind: 'unreadable', reason: 'a digest that is none' };
  if (tag === undefined && digest === '') {
    return { kind: 'unreadable', reason: 'a pull of neither tag nor digest' };
  }
  const address = withoutPort(text(request.addr) ?? '');
  return { kind: 'pull', path, head, tag, digest, address, at: readTime(event.timestamp) };
}

// Every connection has a port of its own, so it tells nothing. A registry behind a proxy gives addresses without one.
function withoutPort(address: string): string {
  const bracketed = /^\[([^\]]*)\](:\d+)?$/.exec(address);
  if (bracketed !== null) return bracketed[1]!.slice(0, maxAddress);
  const [host = '', ...ports] = address.split(':');
  return (ports.length === 1 ? host : address).slice(0, maxAddress);
}

// The URL tells manifests from blobs; the name stands before, so that a repository called `manifests` deceives nobody.
function isManifest(target: Fields, path: string): boolean {
  const url = text(target.url);
  if (url !== undefined) return url.includes(`/${path}/manifests/`);
  return /manifest|image\.index/.test(text(target.mediaType) ?? '');
}
