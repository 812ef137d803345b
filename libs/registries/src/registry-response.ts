import { createHash } from 'node:crypto';
import { isDigest } from '@central-index/naming';
import { registryInvalidResponse, registryUnreachable } from './registries.errors';
import type { Registry } from './registry';

/**
 * The whole body of a response. Throws REGISTRY_INVALID_RESPONSE when it is longer than `maxBytes`, and
 * REGISTRY_UNREACHABLE when the connection breaks.
 */
export async function readBody(registry: Registry, response: Response, maxBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
      size += chunk.length;
      if (size > maxBytes) break;
      chunks.push(chunk);
    }
  } catch (error) {
    throw registryUnreachable(registry.name).withPrivateDetail(fetchErrorMessage(error));
  }
  if (size > maxBytes) throw registryInvalidResponse(registry.name, `more than ${maxBytes} bytes`);
  return Buffer.concat(chunks);
}

/** The names in the field of a JSON body, such as `tags`. Throws REGISTRY_INVALID_RESPONSE. */
export function readNames(registry: Registry, body: Buffer, field: string): string[] {
  let list: unknown;
  try {
    list = (JSON.parse(body.toString('utf8')) as Record<string, unknown> | null)?.[field];
  } catch {
    throw registryInvalidResponse(registry.name, `${field} that are not JSON`);
  }
  // Registries send `"tags": null` for a repository without tags.
  if (list === null || list === undefined) return [];
  if (!Array.isArray(list) || !list.every((entry) => typeof entry === 'string')) {
    throw registryInvalidResponse(registry.name, `${field} that are not a list of names`);
  }
  return list;
}

/** The descriptor of a manifest in an index (OCI image specification). */
export interface Descriptor {
  readonly digest: string;
  readonly mediaType: string;
  /** Bytes of the manifest. */
  readonly size: number;
  readonly artifactType?: string;
  readonly annotations: Readonly<Record<string, unknown>>;
}

/** The descriptors of an index. Throws REGISTRY_INVALID_RESPONSE. */
export function readDescriptors(registry: Registry, body: Buffer): Descriptor[] {
  try {
    const { manifests } = JSON.parse(body.toString('utf8')) as { manifests?: unknown };
    // Registries written in Go send null for an empty list.
    if (manifests === null) return [];
    if (Array.isArray(manifests)) return manifests.map(readDescriptor);
  } catch {
    // Not JSON, or not an index.
  }
  throw registryInvalidResponse(registry.name, 'an invalid index');
}

function readDescriptor(value: unknown): Descriptor {
  const { digest, mediaType, size, artifactType, annotations } = value as Record<string, unknown>;
  if (typeof digest !== 'string' || !isDigest(digest)) throw new TypeError('no digest');
  return {
    digest,
    mediaType: typeof mediaType === 'string' ? mediaType : '',
    size: Number.isSafeInteger(size) ? (size as number) : 0,
    ...(typeof artifactType === 'string' && artifactType !== '' ? { artifactType } : {}),
    annotations:
      typeof annotations === 'object' && annotations !== null ? (annotations as Record<string, unknown>) : {},
  };
}

/**
 * The path and query of the next page according to a `Link` header; undefined after the last page, and for a link to
 * the current page. Throws REGISTRY_INVALID_RESPONSE for a link to another origin, which must not get the token.
 */
export function nextPagePath(registry: Registry, link: string | null, current: string): string | undefined {
  const target = /<([^>]*)>\s*;[^,]*\brel="?next"?/.exec(link ?? '')?.[1];
  if (target === undefined) return undefined;
  if (!URL.canParse(target, registry.url + current)) {
    throw registryInvalidResponse(registry.name, 'an invalid Link header');
  }
  const url = new URL(target, registry.url + current);
  if (url.origin !== registry.url) {
    throw registryInvalidResponse(registry.name, 'a Link header to another host');
  }
  const path = url.pathname + url.search;
  return path === current ? undefined : path;
}

/** True for an error body as the distribution specification defines it, which a proxy does not send. */
export const isSpecifiedError = (body: Buffer): boolean => errorCodeOf(body) !== undefined;

/**
 * The code of an error body as the distribution specification defines it, empty for a list without errors; undefined for any
 * other body. Of several it is the first that says something: Distribution puts UNKNOWN before some of the others.
 */
export function errorCodeOf(body: Buffer): string | undefined {
  try {
    const content = JSON.parse(body.toString('utf8')) as { errors?: { code?: unknown }[] } | null;
    if (!Array.isArray(content?.errors)) return undefined;
    const codes = content.errors.map(({ code }) => code);
    if (!codes.every((code) => typeof code === 'string')) return undefined;
    return codes.find((code) => code !== 'UNKNOWN') ?? codes[0] ?? '';
  } catch {
    return undefined;
  }
}

/** The digest of a body, such as `sha256:…`. */
export function digestOf(body: Buffer, algorithm = 'sha256'): string {
  return `${algorithm}:${createHash(algorithm).update(body).digest('hex')}`;
}

/** True when a body has that digest, by the digest's own algorithm. */
export function hasDigest(body: Buffer, digest: string): boolean {
  return digest === digestOf(body, digest.slice(0, digest.indexOf(':')));
}

/** The message of an error of `fetch`, with that of its cause, which names the network error. */
export function fetchErrorMessage(error: unknown): string {
  const { name, message, cause } = error as Error;
  return cause instanceof Error ? `${message}: ${cause.message}` : `${name}: ${message}`;
}
