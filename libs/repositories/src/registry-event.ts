import { isDigest, isTag, parseRepositoryName } from '@central-index/naming';

/**
 * What one reported event hints at. `path` is the spelling at the registry. A `delete` with neither tag nor digest is
 * of the whole repository. `nothing` concerns no index: blobs, mounts, HEAD, the index's own reads.
 */
export type RegistryEvent =
  | {
      readonly kind: 'push';
      readonly path: string;
      readonly tag?: string;
      readonly digest?: string;
      readonly actor?: string;
      readonly at?: Date;
    }
  | { readonly kind: 'delete'; readonly path: string; readonly tag?: string; readonly digest?: string }
  | { readonly kind: 'pull'; readonly path: string }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'unreadable'; readonly reason: string };

/** The subject of the index's own tokens: what it reads is no pull. */
const ownSubject = ':index';

/**
 * Reads an event of Distribution 2.x or 3.x. Absent and empty fields are the same, because 3.x sends the latter. A GET
 * has no tag, a delete by tag no digest: nothing but the repository's name is required.
 */
export function readEvent(body: Buffer): RegistryEvent {
  let event: Fields;
  try {
    event = fields(JSON.parse(body.toString('utf8')));
  } catch {
    return { kind: 'unreadable', reason: 'not JSON' };
  }
  const target = fields(event.target);
  const path = text(target.repository);
  if (path === undefined || parseRepositoryName(path) === undefined) {
    return { kind: 'unreadable', reason: 'a name that no repository of an index can have' };
  }
  switch (event.action) {
    case 'mount':
      return { kind: 'nothing' };
    case 'pull':
      return isManifest(target, path) && isCounted(event) ? { kind: 'pull', path } : { kind: 'nothing' };
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
  if (kind === 'delete') return { kind, path, tag, digest };
  if (tag === undefined && digest === undefined) {
    return { kind: 'unreadable', reason: 'a push of neither tag nor digest' };
  }
  const at = new Date(text(event.timestamp) ?? Number.NaN);
  return {
    kind,
    path,
    tag,
    digest,
    actor: text(fields(event.actor).name),
    at: Number.isNaN(at.getTime()) ? undefined : at,
  };
}

// The URL tells manifests from blobs; the name stands before, so that a repository called `manifests` deceives nobody.
function isManifest(target: Fields, path: string): boolean {
  const url = text(target.url);
  if (url !== undefined) return url.includes(`/${path}/manifests/`);
  return /manifest|image\.index/.test(text(target.mediaType) ?? '');
}

function isCounted(event: Fields): boolean {
  return fields(event.request).method === 'GET' && fields(event.actor).name !== ownSubject;
}

type Fields = Readonly<Record<string, unknown>>;

const fields = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? (value as Fields) : {};

// PostgreSQL holds no U+0000 in text, so a string with one is none.
const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' && !value.includes('\0') ? value : undefined;
