import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { isDigest } from '@central-index/naming';
import {
  registryError,
  registryUnauthorized,
  registryUnreachable,
  registryInvalidResponse,
} from './registries.errors';
import type { Registry } from './registry';
import { RegistryTokenSource, type RegistryAccess } from './registry-token-source';

/** A manifest as the registry serves it. */
export interface FetchedManifest {
  readonly digest: string;
  /** As the Content-Type says. */
  readonly mediaType: string;
  readonly body: Buffer;
}

const manifestTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.docker.distribution.manifest.v1+prettyjws',
  'application/vnd.oci.artifact.manifest.v1+json',
];
const timeoutMs = 10_000;
const megabyte = 1024 * 1024;
// What Distribution itself takes for a manifest.
const manifestLimit = 4 * megabyte;
const listLimit = 16 * megabyte;
const maxPages = 10_000;

/**
 * Asks registries by the distribution specification, with the index's own tokens. Follows no redirect and no realm
 * (a registry must not send the index elsewhere), bounds time and size. Throws REGISTRY_UNREACHABLE and
 * REGISTRY_ERROR when asking again may help, REGISTRY_UNAUTHORIZED when the token is not believed, REGISTRY_INVALID_RESPONSE
 * for content that asking again will not make readable. Absent things are undefined.
 */
@Injectable()
export class RegistryClient {
  constructor(private readonly tokens: RegistryTokenSource) {}

  /** The manifest of a tag or digest. Its digest is checked against its bytes. */
  async manifest(registry: Registry, path: string, reference: string): Promise<FetchedManifest | undefined> {
    const response = await this.request(registry, `/v2/${path}/manifests/${reference}`, pull(path), {
      accept: manifestTypes.join(', '),
    });
    if (response === undefined) return undefined;
    const body = await read(registry, response, manifestLimit);
    const mediaType = (response.headers.get('content-type') ?? '').split(';', 1)[0]!.trim();
    const said = response.headers.get('docker-content-digest');
    // A page that something else answers in the registry's place says nothing of the manifest.
    if (said === null && !manifestTypes.includes(mediaType)) {
      throw registryError(registry.name).withPrivateDetail(`${mediaType} for a manifest of ${path}`);
    }
    const digest = said ?? sha256(body);
    if (!isDigest(digest)) throw registryInvalidResponse(registry.name, 'a manifest whose digest is none');
    // A signed manifest of schema 1 is known by the digest of what was signed, which is not the whole body.
    if (!mediaType.endsWith('+prettyjws') && digest !== digestLike(digest, body)) {
      throw registryInvalidResponse(registry.name, 'a manifest that does not have its digest');
    }
    if (isDigest(reference) && reference !== digest) {
      throw registryInvalidResponse(registry.name, 'another manifest than the one asked for');
    }
    return { digest, mediaType, body };
  }

  /** The digest that a tag has now, without the manifest; undefined also when the registry does not say. */
  async digest(registry: Registry, path: string, tag: string): Promise<string | undefined> {
    const accept = manifestTypes.join(', ');
    const response = await this.send(registry, 'HEAD', `/v2/${path}/manifests/${tag}`, pull(path), {
      accept,
    });
    const { status } = response;
    // An answer to HEAD has no body by which the registry's own 404 could be told from a proxy's.
    if (status !== 200 && status !== 404) throw refusal(registry, status, `HEAD of ${path}`);
    const digest = status === 200 ? response.headers.get('docker-content-digest') : null;
    return digest !== null && isDigest(digest) ? digest : undefined;
  }

  /** A small blob, such as an image's configuration; undefined also when the registry sends it from elsewhere. */
  async blob(registry: Registry, path: string, digest: string): Promise<Buffer | undefined> {
    const response = await this.request(registry, `/v2/${path}/blobs/${digest}`, pull(path), {}, 'redirect');
    if (response === undefined) return undefined;
    const body = await read(registry, response, manifestLimit);
    if (digest !== digestLike(digest, body)) {
      throw registryInvalidResponse(registry.name, 'a blob that does not have its digest');
    }
    return body;
  }

  /**
   * Deletes a manifest, by digest. False where the registry deletes nothing, as Distribution by default; one that is
   * not there counts as deleted.
   */
  async deleteManifest(registry: Registry, path: string, digest: string): Promise<boolean> {
    const access: RegistryAccess = { type: 'repository', name: path, actions: ['pull', 'delete'] };
    const response = await this.send(registry, 'DELETE', `/v2/${path}/manifests/${digest}`, access, {});
    const { status } = response;
    const body = await read(registry, response, 64 * 1024);
    if (status === 202 || status === 200 || (status === 404 && isSpecifiedError(body))) return true;
    if (status === 405) return false;
    throw refusal(registry, status, `DELETE of ${path}`);
  }

  /**
   * Deletes a tag and leaves its manifest. `unable` where the registry deletes by digest only, as Distribution 2;
   * `refused` where it deletes nothing. One that is not there counts as deleted.
   */
  async deleteTag(registry: Registry, path: string, tag: string): Promise<'deleted' | 'unable' | 'refused'> {
    const access: RegistryAccess = { type: 'repository', name: path, actions: ['pull', 'delete'] };
    const response = await this.send(registry, 'DELETE', `/v2/${path}/manifests/${tag}`, access, {});
    const { status } = response;
    const body = await read(registry, response, 64 * 1024);
    if (status === 202 || status === 200 || (status === 404 && isSpecifiedError(body))) return 'deleted';
    if (status === 405) return 'refused';
    if (status === 400 && isSpecifiedError(body)) return 'unable';
    throw refusal(registry, status, `DELETE of a tag of ${path}`);
  }

  /** The tags of a repository; none when it is absent or emptied. */
  async tags(registry: Registry, path: string): Promise<string[]> {
    const tags: string[] = [];
    for await (const page of this.pages(registry, `/v2/${path}/tags/list`, pull(path), 'tags'))
      tags.push(...page);
    return tags;
  }

  /** The paths in the registry's catalog, page by page. An emptied repository may stay in it for ever. */
  catalog(registry: Registry): AsyncGenerator<string[]> {
    const access: RegistryAccess =
      registry.kind === 'zot'
        ? { type: 'repository', name: '', actions: ['pull'] }
        : { type: 'registry', name: 'catalog', actions: ['*'] };
    return this.pages(registry, '/v2/_catalog', access, 'repositories');
  }

  private async *pages(
    registry: Registry,
    path: string,
    access: RegistryAccess,
    field: 'tags' | 'repositories',
  ): AsyncGenerator<string[]> {
    let next: string | undefined = path;
    for (let page = 0; next !== undefined && page < maxPages; page += 1) {
      const response = await this.request(registry, next, access, { accept: 'application/json' });
      if (response === undefined) return;
      yield readList(registry, await read(registry, response, listLimit), field);
      next = nextPage(registry, response.headers.get('link'), next);
    }
  }

  // Undefined means 404, in the registry's own words: a proxy's 404 proves no absence.
  private async request(
    registry: Registry,
    path: string,
    access: RegistryAccess,
    headers: Record<string, string>,
    absent: 'none' | 'redirect' = 'none',
  ): Promise<Response | undefined> {
    const response = await this.send(registry, 'GET', path, access, headers);
    const { status } = response;
    if (status === 200) return response;
    const body = await read(registry, response, 64 * 1024);
    if (status === 404 && isSpecifiedError(body)) return undefined;
    if (absent === 'redirect' && status >= 300 && status < 400) return undefined;
    throw refusal(registry, status, path);
  }

  private async send(
    registry: Registry,
    method: 'GET' | 'HEAD' | 'DELETE',
    path: string,
    access: RegistryAccess,
    headers: Record<string, string>,
  ): Promise<Response> {
    const token = await this.tokens.token(registry, [access]);
    return fetch(registry.url + path, {
      method,
      headers: { ...headers, authorization: `Bearer ${token}` },
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    }).catch((error: unknown) => {
      throw registryUnreachable(registry.name).withPrivateDetail(describe(error));
    });
  }
}

function refusal(registry: Registry, status: number, what: string): Error {
  const refused = status === 401 || status === 403;
  return (refused ? registryUnauthorized : registryError)(registry.name).withPrivateDetail(
    `${status} for ${what}`,
  );
}

const pull = (path: string): RegistryAccess => ({ type: 'repository', name: path, actions: ['pull'] });

const sha256 = (body: Buffer): string => `sha256:${createHash('sha256').update(body).digest('hex')}`;

/** The digest of a body by the algorithm of another. */
function digestLike(digest: string, body: Buffer): string {
  const algorithm = digest.slice(0, digest.indexOf(':'));
  return `${algorithm}:${createHash(algorithm).update(body).digest('hex')}`;
}

async function read(registry: Registry, response: Response, limit: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
      size += chunk.length;
      if (size > limit) break;
      chunks.push(chunk);
    }
  } catch (error) {
    throw registryUnreachable(registry.name).withPrivateDetail(describe(error));
  }
  if (size > limit) throw registryInvalidResponse(registry.name, `more than ${limit} bytes`);
  return Buffer.concat(chunks);
}

function readList(registry: Registry, body: Buffer, field: string): string[] {
  let list: unknown;
  try {
    list = (JSON.parse(body.toString('utf8')) as Record<string, unknown> | null)?.[field];
  } catch {
    throw registryInvalidResponse(registry.name, `${field} that are not JSON`);
  }
  // A repository without tags has `"tags": null`.
  if (list === null || list === undefined) return [];
  if (!Array.isArray(list) || !list.every((entry) => typeof entry === 'string')) {
    throw registryInvalidResponse(registry.name, `${field} that are not a list of names`);
  }
  return list;
}

function nextPage(registry: Registry, link: string | null, current: string): string | undefined {
  const target = /<([^>]*)>\s*;[^,]*\brel="?next"?/.exec(link ?? '')?.[1];
  if (target === undefined) return undefined;
  if (!URL.canParse(target, registry.url + current))
    throw registryInvalidResponse(registry.name, 'a broken Link');
  const url = new URL(target, registry.url + current);
  if (url.origin !== registry.url) throw registryInvalidResponse(registry.name, 'a Link to another host');
  const path = url.pathname + url.search;
  return path === current ? undefined : path;
}

function isSpecifiedError(body: Buffer): boolean {
  try {
    const answer = JSON.parse(body.toString('utf8')) as { errors?: { code?: unknown }[] } | null;
    return Array.isArray(answer?.errors) && answer.errors.every(({ code }) => typeof code === 'string');
  } catch {
    return false;
  }
}

function describe(error: unknown): string {
  const { name, message, cause } = error as Error;
  return cause instanceof Error ? `${message}: ${cause.message}` : `${name}: ${message}`;
}
