import { isTag } from '@central-index/naming';
import { invalidInput } from '@central-index/platform/errors';
import { maxImagesPerList, tooManyImages } from './docker-v1.errors';

/** An image of a repository as the v1 protocol names it. */
export interface V1Image {
  /** 64 lower-case hexadecimal digits. */
  readonly id: string;
  /** As the client computed it, such as `tarsum+sha256:…`; absent while no client sent one. */
  readonly checksum?: string;
}

const idFormat = /^[0-9a-f]{64}$/;
const checksumFormat = /^[A-Za-z0-9+._-]{1,60}:[A-Za-z0-9+/=_-]{1,200}$/;

/** True for the id of an image: 64 lower-case hexadecimal digits. */
export const isImageId = (text: string): boolean => idFormat.test(text);

/**
 * Reads an image list: `[{"id", "Tag"?, "checksum"?}, …]`. An id occurs once for each of its tags, and without a tag for
 * parents; the result has each id once. Other fields are ignored. Throws VALIDATION_FAILED and TOO_MANY_IMAGES.
 */
export function parseImageList(body: unknown): V1Image[] {
  if (!Array.isArray(body)) {
    throw invalidInput([{ field: '', message: 'send a list of images: [{"id": "…", "Tag": "latest"}]' }]);
  }
  if (body.length > maxImagesPerList) throw tooManyImages(maxImagesPerList);
  const images = new Map<string, V1Image>();
  for (const [index, entry] of (body as readonly unknown[]).entries()) {
    const image = readImage(entry, index);
    // Of several entries, one with a checksum counts.
    if (image.checksum !== undefined || !images.has(image.id)) images.set(image.id, image);
  }
  return [...images.values()];
}

function readImage(entry: unknown, index: number): V1Image {
  const fault = (field: string, message: string): Error =>
    invalidInput([{ field: `${index}${field && `.${field}`}`, message }]);
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) {
    throw fault('', 'must be an object with the id of an image');
  }
  const { id, Tag: tag, checksum } = entry as Record<string, unknown>;
  if (typeof id !== 'string' || !isImageId(id)) throw fault('id', 'must be 64 hexadecimal digits');
  if (!isAbsent(tag) && (typeof tag !== 'string' || !isTag(tag))) throw fault('Tag', 'must be a tag');
  if (isAbsent(checksum)) return { id };
  if (typeof checksum !== 'string' || !checksumFormat.test(checksum)) {
    throw fault('checksum', 'must be a checksum, such as tarsum+sha256:…');
  }
  return { id, checksum };
}

// Clients written in Go send an empty text for what they do not have.
const isAbsent = (value: unknown): boolean => value === undefined || value === null || value === '';
