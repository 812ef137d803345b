import { isDigest, isTag, parseRepositoryName } from '@central-index/naming';
import { fields, readTime, text, type Fields } from './event-fields';
import type { RegistryEvent } from './registry-event';

/**
 * Reads an event of zot, a CloudEvent whose `type` ends with what happened, whatever prefix an operator chose. zot
 * reports no pulls. `reference` is a tag, or the digest again.
 */
export function readZotEvent(event: Fields): RegistryEvent {
  const data = fields(event.data);
  const path = text(data.name);
  if (path === undefined || parseRepositoryName(path) === undefined) {
    return { kind: 'unreadable', reason: 'a name that no repository of an index can have' };
  }
  const what = /(?:^|\.)((?:image|repository)\.[a-z_]+)$/.exec(text(event.type) ?? '')?.[1];
  switch (what) {
    case 'repository.created':
    case 'image.scanned':
    case 'image.lint_failed':
      return { kind: 'nothing' };
    case 'image.updated':
    case 'image.deleted':
      return readChange(what === 'image.updated' ? 'push' : 'delete', path, data, event.time);
    default:
      return { kind: 'unreadable', reason: 'an unknown action' };
  }
}

function readChange(kind: 'push' | 'delete', path: string, data: Fields, time: unknown): RegistryEvent {
  const reference = text(data.reference);
  const tag = reference !== undefined && !isDigest(reference) ? reference : undefined;
  const digest = text(data.digest) ?? (tag === undefined ? reference : undefined);
  if (tag !== undefined && !isTag(tag)) return { kind: 'unreadable', reason: 'a tag that is none' };
  if (digest !== undefined && !isDigest(digest)) {
    return { kind: 'unreadable', reason: 'a digest that is none' };
  }
  // zot has no event for a repository that goes, so this is none either.
  if (tag === undefined && digest === undefined) {
    return { kind: 'unreadable', reason: `a ${kind} of neither tag nor digest` };
  }
  if (kind === 'delete') return { kind, path, tag, digest };
  return {
    kind,
    path,
    tag,
    digest,
    actor: text(fields(data.actor).name),
    at: readTime(time),
  };
}
