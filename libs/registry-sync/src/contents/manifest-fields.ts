import { isBlank, isDigest, isLines } from '@central-index/naming';
import { imageUnreadable } from './images.errors';

/** A JSON object of unknown content. */
export type Fields = Readonly<Record<string, unknown>>;

/** An operating system and processor that an image runs on, as its configuration or index states. */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
}

const labelNames = ['title', 'description', 'source', 'documentation', 'licenses', 'url', 'vendor'] as const;

/** Values of `org.opencontainers.image.…` labels and annotations, by the last component of their names. */
export type Labels = Readonly<Partial<Record<(typeof labelNames)[number], string>>>;

const linkNames: ReadonlySet<string> = new Set(['source', 'documentation', 'url']);
const maxLabelLength = 2_000;
const mediaType = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,126}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}$/i;
const word = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}$/;

/** True for a field that is absent or null, which mean the same. */
export const isAbsent = (value: unknown): boolean => value === undefined || value === null;

/** Parses a JSON object. Throws IMAGE_UNREADABLE. */
export function parseObject(body: Buffer): Fields {
  try {
    return asObject(JSON.parse(body.toString('utf8')));
  } catch {
    throw imageUnreadable('it is not JSON');
  }
}

/** The value as an object. Throws IMAGE_UNREADABLE when it is none. */
export function asObject(value: unknown): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw imageUnreadable('a part is missing');
  }
  return value as Fields;
}

/** The value as a list of objects. Throws IMAGE_UNREADABLE when it is none. */
export function asObjects(value: unknown): Fields[] {
  if (!Array.isArray(value)) throw imageUnreadable('a list is missing');
  return value.map(asObject);
}

/** The digest of a descriptor. Throws IMAGE_UNREADABLE. */
export function readDigest(descriptor: Fields): string {
  if (typeof descriptor.digest !== 'string' || !isDigest(descriptor.digest)) {
    throw imageUnreadable('a digest is invalid');
  }
  return descriptor.digest;
}

/** The sum of the descriptors' sizes in bytes. Throws IMAGE_UNREADABLE. */
export function sumOfSizes(descriptors: readonly Fields[]): number {
  const sizes = descriptors.map(({ size }) => size);
  if (!sizes.every((size): size is number => Number.isSafeInteger(size) && (size as number) >= 0)) {
    throw imageUnreadable('a size is not a number of bytes');
  }
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (!Number.isSafeInteger(total)) throw imageUnreadable('the sum of its sizes is too large');
  return total;
}

/** A media type, or undefined for any other value. */
export const readMediaType = (value: unknown): string | undefined =>
  typeof value === 'string' && mediaType.test(value) ? value : undefined;

/** A time, or undefined for any other value. */
export function readDate(value: unknown): Date | undefined {
  const date = new Date(typeof value === 'string' ? value : Number.NaN);
  // Reproducible builds state 1970-01-01T00:00:00Z, which is not the time of the build.
  return date.getTime() > 0 && date.getUTCFullYear() < 10_000 ? date : undefined;
}

/** The known labels of an object. Pages show them, so values that are no text, or no http link, are left out. */
export function readLabels(value: unknown): Labels {
  if (typeof value !== 'object' || value === null) return {};
  const labels: Partial<Record<(typeof labelNames)[number], string>> = {};
  for (const name of labelNames) {
    const text = (value as Fields)[`org.opencontainers.image.${name}`];
    if (typeof text !== 'string' || isBlank(text.slice(0, maxLabelLength))) continue;
    if (linkNames.has(name) && !/^https?:$/.test(URL.canParse(text) ? new URL(text).protocol : '')) continue;
    // The cut may leave half a surrogate pair, or open an isolate.
    const shown = text.slice(0, maxLabelLength).toWellFormed();
    if (isLines(shown)) labels[name] = shown;
  }
  return labels;
}

/** A platform. Pages and search filters show its values, so those that are no plain words are left out. */
export function readPlatform({ os, architecture, variant }: Fields): Platform | undefined {
  if (!isWord(os) || !isWord(architecture)) return undefined;
  return isWord(variant) ? { os, architecture, variant } : { os, architecture };
}

const isWord = (value: unknown): value is string => typeof value === 'string' && word.test(value);
