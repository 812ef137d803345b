import { Injectable } from '@nestjs/common';
import { isDigest } from '@central-index/naming';
import {
  registryError,
  registryUnauthorized,
  registryUnreachable,
  registryInvalidResponse,
} from './registries.errors';
import { deletionOutcomeOf, type DeletionOutcome } from './deletion-outcome';
import { lastingAnswer } from './lasting-answers';
import type { Registry } from './registry';
import {
  digestOf,
  errorCodeOf,
  fetchErrorMessage,
  hasDigest,
  nextPagePath,
  readBody,
  readDescriptors,
  readNames,
  type Descriptor,
} from './registry-response';
import { RegistryTokenSource, type RegistryAccess } from './registry-token-source';
import { ownUserAgent, scratchPath } from './own-requests';
import { v1ImageType, V1RegistryClient } from './v1-registry-client';

/** A manifest as the registry serves it. */
export interface FetchedManifest {
  readonly digest: string;
  /** The value of `Content-Type`, without parameters. */
  readonly mediaType: string;
  readonly body: Buffer;
}

const indexType = 'application/vnd.oci.image.index.v1+json';
const manifestTypes = [
  indexType,
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.docker.distribution.manifest.v1+prettyjws',
  'application/vnd.oci.artifact.manifest.v1+json',
];
const accept = manifestTypes.join(', ');
const timeoutMs = 10_000;
const kilobyte = 1024;
const megabyte = 1024 * kilobyte;
// The limit of Distribution itself.
const maxManifestBytes = 4 * megabyte;
const maxListBytes = 16 * megabyte;
const maxErrorBytes = 64 * kilobyte;
const maxPages = 10_000;
const maxReferrers = 1_000;

/**
 * A client of the distribution API, and of the registry API v1 for registries of that kind, that uses the index's own tokens. It follows no redirect and requests tokens from no
 * realm, because a registry must not send the index elsewhere; time and size of responses are limited. Throws
 * REGISTRY_UNREACHABLE and REGISTRY_ERROR where a retry may help, REGISTRY_UNAUTHORIZED when the registry rejects the
 * token, REGISTRY_INVALID_RESPONSE for content that a retry does not change. Returns undefined for what does not exist.
 */
@Injectable()
export class RegistryClient {
  private readonly v1: V1RegistryClient;

  constructor(private readonly tokens: RegistryTokenSource) {
    this.v1 = new V1RegistryClient(tokens);
  }

  /** The manifest of a tag or digest, whose digest is verified. Of a v1 registry: the JSON of the image. */
  async manifest(registry: Registry, path: string, reference: string): Promise<FetchedManifest | undefined> {
    if (registry.kind === 'v1') {
      const image = await this.v1.image(registry, path, reference);
      return image && { ...image, mediaType: v1ImageType };
    }
    const target = `/v2/${path}/manifests/${reference}`;
    const response = await this.request(registry, target, pullAccess(path), { accept });
    if (response === undefined) return undefined;
    const body = await readBody(registry, response, maxManifestBytes);
    const mediaType = (response.headers.get('content-type') ?? '').split(';', 1)[0]!.trim();
    const header = response.headers.get('docker-content-digest');
    // A page that a proxy sends in the registry's place is no statement about the manifest, so a retry may help.
    if (header === null && !manifestTypes.includes(mediaType)) {
      throw registryError(registry.name).withPrivateDetail(`${mediaType} for a manifest of ${path}`);
    }
    const digest = header ?? digestOf(body);
    if (!isDigest(digest)) {
      throw registryInvalidResponse(registry.name, 'a manifest with an invalid digest');
    }
    // The digest of a signed manifest of schema 1 is that of the signed part, not of the whole body.
    if (!mediaType.endsWith('+prettyjws') && !hasDigest(body, digest)) {
      throw registryInvalidResponse(registry.name, 'a manifest that does not match its digest');
    }
    if (isDigest(reference) && reference !== digest) {
      throw registryInvalidResponse(registry.name, 'a manifest with another digest than requested');
    }
    return { digest, mediaType, body };
  }

  /** The current digest of a tag, without the manifest; also undefined when the registry does not send it. */
  async digest(registry: Registry, path: string, tag: string): Promise<string | undefined> {
    if (registry.kind === 'v1') return this.v1.digest(registry, path, tag);
    const target = `/v2/${path}/manifests/${tag}`;
    const response = await this.send(registry, 'HEAD', target, pullAccess(path), { accept });
    const { status } = response;
    // A response to HEAD has no body that would distinguish the registry's own 404 from a proxy's.
    if (status !== 200 && status !== 404) throw responseError(registry, status, `HEAD of ${path}`);
    const digest = status === 200 ? response.headers.get('docker-content-digest') : null;
    return digest !== null && isDigest(digest) ? digest : undefined;
  }

  /**
   * A small blob, such as an image's configuration, of 4 MB at most. Also undefined when the registry redirects to other
   * storage.
   */
  async blob(registry: Registry, path: string, digest: string): Promise<Buffer | undefined> {
    if (registry.kind === 'v1') return undefined;
    const target = `/v2/${path}/blobs/${digest}`;
    const response = await this.request(registry, target, pullAccess(path), {}, 'absent-if-redirected');
    if (response === undefined) return undefined;
    const body = await readBody(registry, response, maxManifestBytes);
    if (!hasDigest(body, digest)) {
      throw registryInvalidResponse(registry.name, 'a blob that does not match its digest');
    }
    return body;
  }

  /** Whether a repository has a blob, by the registry's response to HEAD. */
  async hasBlob(registry: Registry, path: string, digest: string): Promise<boolean> {
    const response = await this.send(registry, 'HEAD', `/v2/${path}/blobs/${digest}`, pullAccess(path), {});
    const { status } = response;
    if (status !== 404 && status >= 400) throw responseError(registry, status, `HEAD of a blob of ${path}`);
    return status !== 404;
  }

  /** Removes a blob from a repository, if the registry does that. */
  async deleteBlob(registry: Registry, path: string, digest: string): Promise<void> {
    const access: RegistryAccess = { type: 'repository', name: path, actions: ['delete'] };
    const response = await this.send(registry, 'DELETE', `/v2/${path}/blobs/${digest}`, access, {});
    await response.body?.cancel();
  }

  /** Deletes a manifest by digest, if the registry does. One that does not exist counts as deleted. */
  async deleteManifest(registry: Registry, path: string, digest: string): Promise<DeletionOutcome> {
    // A v1 registry deletes tags and repositories only.
    return registry.kind === 'v1' ? 'disabled' : this.delete(registry, path, digest);
  }

  /** Deletes a tag but not its manifest, if the registry does. One that does not exist counts as deleted. */
  async deleteTag(registry: Registry, path: string, tag: string): Promise<DeletionOutcome> {
    if (registry.kind === 'v1') return (await this.v1.delete(registry, path, tag)) ? 'deleted' : 'disabled';
    return this.delete(registry, path, tag);
  }

  /** Deletes a repository with its tags at a v1 registry; false when it does not allow deletion. */
  deleteV1Repository(registry: Registry, path: string): Promise<boolean> {
    return this.v1.delete(registry, path);
  }

  /** All tags of a repository; an empty list when the repository is absent or emptied. */
  async tags(registry: Registry, path: string): Promise<string[]> {
    if (registry.kind === 'v1') return [...(await this.v1.tags(registry, path)).keys()];
    const tags: string[] = [];
    for await (const page of this.pages(registry, `/v2/${path}/tags/list`, pullAccess(path), 'tags')) {
      tags.push(...page);
    }
    return tags;
  }

  /**
   * The paths in the registry's catalog, page by page, without the one of the index's own checks; none of a v1 registry,
   * which has no catalog. An emptied repository may stay in it forever.
   */
  async *catalog(registry: Registry): AsyncGenerator<string[]> {
    if (registry.kind === 'v1') return;
    const access: RegistryAccess =
      registry.kind === 'zot'
        ? { type: 'repository', name: '', actions: ['pull'] }
        : { type: 'registry', name: 'catalog', actions: ['*'] };
    for await (const page of this.pages(registry, '/v2/_catalog', access, 'repositories')) {
      yield page.filter((path) => path !== scratchPath);
    }
  }

  /**
   * The descriptors of the manifests whose subject is a digest (OCI distribution specification 1.1, referrers API);
   * undefined when the registry does not have that API. At most 1,000.
   */
  async referrers(registry: Registry, path: string, digest: string): Promise<Descriptor[] | undefined> {
    if (registry.kind === 'v1') return undefined;
    const descriptors: Descriptor[] = [];
    let next: string | undefined = `/v2/${path}/referrers/${digest}`;
    while (next !== undefined && descriptors.length < maxReferrers) {
      const response = await this.send(registry, 'GET', next, pullAccess(path), { accept: indexType });
      if (response.status !== 200) {
        const code = errorCodeOf(await readBody(registry, response, maxErrorBytes));
        const answer = lastingAnswer(registry.kind, 'referrers', response.status, code);
        if (answer === undefined) throw responseError(registry, response.status, `referrers in ${path}`);
        return answer === 'absent' ? [] : undefined;
      }
      descriptors.push(...readDescriptors(registry, await readBody(registry, response, maxManifestBytes)));
      next = nextPagePath(registry, response.headers.get('link'), next);
    }
    return descriptors.slice(0, maxReferrers);
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
      yield readNames(registry, await readBody(registry, response, maxListBytes), field);
      next = nextPagePath(registry, response.headers.get('link'), next);
    }
  }

  private async delete(registry: Registry, path: string, reference: string): Promise<DeletionOutcome> {
    const access: RegistryAccess = { type: 'repository', name: path, actions: ['pull', 'delete'] };
    const response = await this.send(registry, 'DELETE', `/v2/${path}/manifests/${reference}`, access, {});
    const code = errorCodeOf(await readBody(registry, response, maxErrorBytes));
    const outcome = deletionOutcomeOf(registry.kind, response.status, code);
    if (outcome === undefined) throw responseError(registry, response.status, `DELETE in ${path}`);
    return outcome;
  }

  // Returns undefined for what the registry says it does not have.
  private async request(
    registry: Registry,
    path: string,
    access: RegistryAccess,
    headers: Record<string, string>,
    redirects: 'fail' | 'absent-if-redirected' = 'fail',
  ): Promise<Response | undefined> {
    const response = await this.send(registry, 'GET', path, access, headers);
    const { status } = response;
    if (status === 200) return response;
    const code = errorCodeOf(await readBody(registry, response, maxErrorBytes));
    if (lastingAnswer(registry.kind, 'read', status, code) === 'absent') return undefined;
    if (redirects === 'absent-if-redirected' && status >= 300 && status < 400) return undefined;
    throw responseError(registry, status, path);
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
      headers: { ...headers, authorization: `Bearer ${token}`, 'user-agent': ownUserAgent },
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    }).catch((error: unknown) => {
      throw registryUnreachable(registry.name).withPrivateDetail(fetchErrorMessage(error));
    });
  }
}

const pullAccess = (path: string): RegistryAccess => ({ type: 'repository', name: path, actions: ['pull'] });

function responseError(registry: Registry, status: number, request: string): Error {
  const isRejected = status === 401 || status === 403;
  return (isRejected ? registryUnauthorized : registryError)(registry.name).withPrivateDetail(
    `${status} for ${request}`,
  );
}
