import { isDigest, isTag, parseRepositoryName } from '@central-index/naming';
import { ownUserAgent } from '@central-index/registries';
import { fields, readTime, text, type Fields } from './event-fields';
import { unreadable, type RegistryEvent } from './registry-event';

/**
 * Parses an event of zot: a CloudEvent whose `type` ends with the action, after a prefix that operators can choose. zot
 * sends no events for pulls. `reference` is a tag or the digest.
 */
export function readZotEvent(event: Fields): RegistryEvent {
  const data = fields(event.data);
  const path = text(data.name);
  if (path === undefined || parseRepositoryName(path) === undefined) {
    return unreadable('an invalid repository name');
  }
  const action = /(?:^|\.)((?:image|repository)\.[a-z_]+)$/.exec(text(event.type) ?? '')?.[1];
  switch (action) {
    case 'repository.created':
    case 'image.scanned':
    case 'image.lint_failed':
      return { kind: 'ignored' };
    case 'image.updated':
    case 'image.deleted':
      return readChange(action === 'image.updated' ? 'push' : 'delete', path, data, event.time);
    default:
      return unreadable('an unknown action');
  }
}

function readChange(kind: 'push' | 'delete', path: string, data: Fields, time: unknown): RegistryEvent {
  const reference = text(data.reference);
  const tag = reference !== undefined && !isDigest(reference) ? reference : undefined;
  const digest = text(data.digest) ?? (tag === undefined ? reference : undefined);
  if (tag !== undefined && !isTag(tag)) return unreadable('an invalid tag');
  if (digest !== undefined && !isDigest(digest)) {
    return unreadable('an invalid digest');
  }
  // In zot's events, the absence of both does not mean that the whole repository was deleted.
  if (tag === undefined && digest === undefined) {
    return unreadable(`a ${kind} without tag and digest`);
  }
  // With bearer tokens, zot knows no accounts: only by the User-Agent are the index's own writes known.
  const own = fields(data.request).useragent === ownUserAgent ? ({ own: true } as const) : {};
  if (kind === 'delete') return { kind, path, ...own, tag, digest };
  return {
    kind,
    path,
    ...own,
    tag,
    digest,
    actor: text(fields(data.actor).name),
    at: readTime(time),
  };
}
