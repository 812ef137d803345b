import { DomainError } from '@central-index/platform/errors';
import { summarizeError } from '@central-index/platform/logging';
import { Injectable } from '@nestjs/common';
import { forEachLimited } from './for-each-limited';
import { lastingAnswer } from './lasting-answers';
import { manifestPartsOf, type BlobPart } from './manifest-parts';
import {
  registryError,
  registryRejected,
  registryUnauthorized,
  registryUnreachable,
  registryInvalidResponse,
} from './registries.errors';
import type { Registry } from './registry';
import { RegistryClient, type FetchedManifest } from './registry-client';
import { digestOf, errorCodeOf, readBody } from './registry-response';
import { RegistryTokenSource } from './registry-token-source';
import { ownUserAgent } from './own-requests';

// Layers are large, and registries may be far apart.
const blobTimeoutMs = 30 * 60_000;
// Blobs of one image that are copied at the same time.
const blobConcurrency = 4;
const maxRedirects = 5;
const maxErrorBytes = 64 * 1024;
// Errors that a retry does not help.
const lastingCodes: readonly string[] = ['REGISTRY_REJECTED', 'REGISTRY_INVALID_RESPONSE'];
const redirectStatuses = [301, 302, 303, 307, 308];

/** Source or target of a copy: a registry, and the path of the repository there. */
export interface CopyEndpoint {
  readonly registry: Registry;
  readonly path: string;
}

/** What cannot be copied, and why a retry does not help. */
export interface CopyProblem {
  /** Of a blob or manifest; the tag if its manifest could not be read. */
  readonly digest: string;
  readonly reason: string;
}

/** The outcome of a copy: without problems, the target has the image with all that it refers to. */
export interface CopyOutcome {
  /** False when the source no longer has the image. */
  readonly found: boolean;
  readonly problems: readonly CopyProblem[];
}

/**
 * Copies images from one registry to another with the index's own tokens. Blobs are streamed, nothing is stored here.
 * Blobs that the target has are not sent again, so a copy that was interrupted continues when it is repeated.
 */
@Injectable()
export class RegistryCopier {
  constructor(
    private readonly tokens: RegistryTokenSource,
    private readonly client: RegistryClient,
  ) {}

  /**
   * Copies the manifest of a tag or digest with all blobs and manifests that it refers to. A layer that clients download
   * from elsewhere is copied if the source has it, and is not missed otherwise. Throws REGISTRY_UNREACHABLE,
   * REGISTRY_UNAUTHORIZED and REGISTRY_ERROR, after which a retry may help; what a retry does not help is in the outcome.
   */
  async copy(from: CopyEndpoint, to: CopyEndpoint, reference: string): Promise<CopyOutcome> {
    const problems: CopyProblem[] = [];
    const found = await this.collect(problems, reference, async () => {
      const manifest = await this.client.manifest(from.registry, from.path, reference);
      if (manifest === undefined) return false;
      const { digest } = manifest;
      const { blobs, manifests } = manifestPartsOf(from.registry, manifest);
      const absent: string[] = [];
      for (const entry of manifests) {
        const outcome = await this.copy(from, to, entry);
        problems.push(...outcome.problems);
        if (!outcome.found) absent.push(entry);
      }
      await forEachLimited(blobConcurrency, blobs, async (blob) => {
        await this.collect(problems, blob.digest, () => this.copyBlob(from, to, blob));
      });
      // The target would refuse it.
      if (problems.length > 0) return true;
      await this.collect(problems, digest, () => this.putManifest(to, manifest, reference), missing(absent));
      return true;
    });
    return { found: found ?? true, problems };
  }

  // Runs one step; an error that a retry does not help becomes a problem of the digest.
  private async collect<T>(
    problems: CopyProblem[],
    digest: string,
    step: () => Promise<T>,
    explanation = '',
  ): Promise<T | undefined> {
    try {
      return await step();
    } catch (error) {
      if (!(error instanceof DomainError) || !lastingCodes.includes(error.code)) throw error;
      problems.push({ digest, reason: error.message + explanation });
      return undefined;
    }
  }

  /** Stores a manifest under a tag or, without one, its digest, which is returned. Throws REGISTRY_…. */
  async putManifest(
    to: CopyEndpoint,
    { mediaType, body }: Pick<FetchedManifest, 'mediaType' | 'body'>,
    reference = digestOf(body),
  ): Promise<string> {
    await this.request(to, 'PUT', `/v2/${to.path}/manifests/${reference}`, [201], {
      headers: { 'content-type': mediaType },
      body: new Uint8Array(body),
    });
    return reference;
  }

  private async copyBlob(
    from: CopyEndpoint,
    to: CopyEndpoint,
    { digest, isExternal }: BlobPart,
  ): Promise<void> {
    const existing = await this.request(to, 'HEAD', `/v2/${to.path}/blobs/${digest}`, [200, 404]);
    if (existing?.status === 200) return;
    const blob = await this.openBlob(from, digest);
    if (blob === undefined) {
      if (isExternal) return;
      throw registryInvalidResponse(from.registry.name, 'a manifest whose blob it does not have');
    }
    const upload = await this.request(to, 'POST', `/v2/${to.path}/blobs/uploads/`, [202]);
    const target = new URL(upload?.headers.get('location') ?? '', to.registry.url);
    // Only the path is used: the upload goes to the registry's own URL, whatever host it names.
    if (!target.pathname.startsWith('/v2/')) {
      throw registryInvalidResponse(to.registry.name, 'an upload with an invalid location');
    }
    target.searchParams.set('digest', digest);
    const length = blob.headers.get('content-length');
    await this.request(to, 'PUT', target.pathname + target.search, [201], {
      headers: {
        'content-type': 'application/octet-stream',
        ...(length === null ? {} : { 'content-length': length }),
      },
      body: blob.body,
    });
  }

  /**
   * The response with a blob's bytes; undefined when the registry does not have it. A registry may redirect to other
   * storage, which gets the URL but never the token. That storage need not be trusted: the target registry accepts only
   * bytes that match the digest.
   */
  private async openBlob(from: CopyEndpoint, digest: string): Promise<Response | undefined> {
    const { registry, path } = from;
    const own = new URL(`/v2/${path}/blobs/${digest}`, registry.url);
    const accepted = [200, ...redirectStatuses];
    let response = await this.request(from, 'GET', own.pathname, accepted);
    for (let current = own, hops = 0; response && redirectStatuses.includes(response.status); hops += 1) {
      await response.body?.cancel();
      const location = response.headers.get('location') ?? '';
      const next = URL.canParse(location, current.href) ? new URL(location, current) : undefined;
      if (next === undefined || !isAllowedRedirect(current, next) || hops === maxRedirects) {
        throw registryInvalidResponse(registry.name, 'a blob with an invalid redirect');
      }
      current = next;
      response =
        current.origin === own.origin
          ? await this.request(from, 'GET', current.pathname + current.search, accepted)
          : await send(registry, current.href, { method: 'GET' });
      if (response && !response.ok && !redirectStatuses.includes(response.status)) {
        await response.body?.cancel();
        // Only the host: path and query may hold a signature.
        const detail = `${response.status} for a blob at ${current.host}`;
        throw registryError(registry.name).withPrivateDetail(detail);
      }
    }
    return response;
  }

  // Returns undefined for what the registry says it does not have.
  private async request(
    { registry, path }: CopyEndpoint,
    method: string,
    target: string,
    acceptedStatuses: readonly number[],
    content: { headers?: Record<string, string>; body?: RequestInit['body'] } = {},
  ): Promise<Response | undefined> {
    const actions = method === 'GET' ? ['pull'] : ['pull', 'push'];
    const token = await this.tokens.token(registry, [{ type: 'repository', name: path, actions }]);
    const response = await send(registry, registry.url + target, {
      method,
      headers: { ...content.headers, authorization: `Bearer ${token}` },
      body: content.body,
      ...(content.body === undefined ? {} : { duplex: 'half' }),
    });
    const { status } = response;
    if (acceptedStatuses.includes(status)) {
      // The caller reads the body of a GET. All other bodies are read here, which frees the connection.
      if (method !== 'GET') await response.arrayBuffer();
      return response;
    }
    const code = errorCodeOf(await readBody(registry, response, maxErrorBytes));
    const answer = lastingAnswer(registry.kind, method === 'GET' ? 'read' : 'write', status, code);
    if (answer === 'absent') return undefined;
    const request = `${method} ${target.split('?', 1)[0]}`;
    if (answer !== undefined) {
      const what = answer === 'disabled' ? 'it takes no pushes' : 'it rejects it';
      throw registryRejected(registry.name, `${what} (${status}${code ? ` ${code}` : ''})`).withPrivateDetail(
        request,
      );
    }
    const isRejected = [401, 403].includes(status);
    throw (isRejected ? registryUnauthorized : registryError)(registry.name).withPrivateDetail(
      `${status} for ${request}`,
    );
  }
}

function send(registry: Registry, url: string, options: RequestInit): Promise<Response> {
  const signal = AbortSignal.timeout(blobTimeoutMs);
  const headers = { ...(options.headers as Record<string, string>), 'user-agent': ownUserAgent };
  return fetch(url, { ...options, headers, redirect: 'manual', signal }).catch((error: unknown) => {
    throw registryUnreachable(registry.name).withPrivateDetail(summarizeError(error));
  });
}

// A redirect must not continue an encrypted download in plain text.
function isAllowedRedirect(from: URL, to: URL): boolean {
  return to.protocol === 'https:' || (to.protocol === 'http:' && from.protocol === 'http:');
}

// Registries may refuse an index whose entries they do not have.
const missing = (entries: readonly string[]): string =>
  entries.length === 0 ? '' : `; the index lists ${entries.join(', ')}, which the source does not have`;
