import { Injectable } from '@nestjs/common';
import {
  registryError,
  registryUnauthorized,
  registryUnreachable,
  registryInvalidResponse,
} from './registries.errors';
import { inParallel } from './in-parallel';
import type { Registry } from './registry';
import { RegistryClient, type FetchedManifest } from './registry-client';
import { RegistryTokenSource } from './registry-token-source';

// Layers are large, and registries may be far apart.
const blobTimeoutMs = 30 * 60_000;
// Blobs of one image that pass through at the same time.
const parallel = 4;
const maxRedirects = 5;

/** One end of a copy: a registry, and what the repository is called there. */
export interface CopyEndpoint {
  readonly registry: Registry;
  readonly path: string;
}

interface Descriptor {
  readonly digest?: unknown;
  readonly blobSum?: unknown;
}

/**
 * Copies images from one registry to another, with the index's own tokens. Nothing of them is kept here: blobs pass
 * through. What the other side has already is not sent again, so an interrupted copy goes on when it is run again.
 */
@Injectable()
export class RegistryCopier {
  constructor(
    private readonly tokens: RegistryTokenSource,
    private readonly client: RegistryClient,
  ) {}

  /**
   * Copies what a tag or digest names, with all it needs. False when the source has it no more. Throws REGISTRY_….
   */
  async copy(from: CopyEndpoint, to: CopyEndpoint, reference: string): Promise<boolean> {
    const manifest = await this.client.manifest(from.registry, from.path, reference);
    if (manifest === undefined) return false;
    const { blobs, manifests } = partsOf(from.registry, manifest);
    for (const digest of manifests) await this.copy(from, to, digest);
    await inParallel(parallel, blobs, (digest) => this.copyBlob(from, to, digest));
    await this.request(to, 'PUT', `/v2/${to.path}/manifests/${reference}`, [201], {
      headers: { 'content-type': manifest.mediaType },
      body: new Uint8Array(manifest.body),
    });
    return true;
  }

  private async copyBlob(from: CopyEndpoint, to: CopyEndpoint, digest: string): Promise<void> {
    const there = await this.request(to, 'HEAD', `/v2/${to.path}/blobs/${digest}`, [200, 404]);
    if (there.status === 200) return;
    const begun = await this.request(to, 'POST', `/v2/${to.path}/blobs/uploads/`, [202]);
    const target = new URL(begun.headers.get('location') ?? '', to.registry.url);
    // The path alone: the upload stays on the registry that was asked, whatever it calls itself.
    if (!target.pathname.startsWith('/v2/')) {
      throw registryInvalidResponse(to.registry.name, 'an upload that is nowhere');
    }
    target.searchParams.set('digest', digest);
    const blob = await this.openBlob(from, digest);
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
   * A blob's bytes. A registry may send them from other storage: that gets the address it was given in, never the
   * token. Who is asked there cannot be trusted, nor need it be: the other registry takes no bytes but the digest's.
   */
  private async openBlob(from: CopyEndpoint, digest: string): Promise<Response> {
    const { registry, path } = from;
    const own = new URL(`/v2/${path}/blobs/${digest}`, registry.url);
    const redirects = [301, 302, 303, 307, 308];
    let response = await this.request(from, 'GET', own.pathname, [200, ...redirects]);
    for (let at = own, hops = 0; redirects.includes(response.status); hops += 1) {
      await response.body?.cancel();
      const location = response.headers.get('location') ?? '';
      const next = URL.canParse(location, at.href) ? new URL(location, at) : undefined;
      if (next === undefined || !isAllowed(at, next) || hops === maxRedirects) {
        throw registryInvalidResponse(registry.name, 'a blob that is nowhere');
      }
      at = next;
      response =
        at.origin === own.origin
          ? await this.request(from, 'GET', at.pathname + at.search, [200, ...redirects])
          : await send(registry, at.href, { method: 'GET' });
      if (!response.ok && !redirects.includes(response.status)) {
        await response.body?.cancel();
        // Its path may hold a signature.
        throw registryError(registry.name).withPrivateDetail(`${response.status} for a blob at ${at.host}`);
      }
    }
    return response;
  }

  private async request(
    { registry, path }: CopyEndpoint,
    method: string,
    target: string,
    wanted: readonly number[],
    content: { headers?: Record<string, string>; body?: RequestInit['body'] } = {},
  ): Promise<Response> {
    const actions = method === 'GET' ? ['pull'] : ['pull', 'push'];
    const token = await this.tokens.token(registry, [{ type: 'repository', name: path, actions }]);
    const response = await send(registry, registry.url + target, {
      method,
      headers: { ...content.headers, authorization: `Bearer ${token}` },
      body: content.body,
      ...(content.body === undefined ? {} : { duplex: 'half' }),
    });
    if (wanted.includes(response.status)) {
      // Whoever asks for a blob reads it; everything else is over, and must let go of its connection.
      if (method !== 'GET') await response.arrayBuffer();
      return response;
    }
    await response.body?.cancel();
    const refused = [401, 403].includes(response.status);
    const what = `${response.status} for ${method} ${target.split('?', 1)[0]}`;
    throw (refused ? registryUnauthorized : registryError)(registry.name).withPrivateDetail(what);
  }
}

function send(registry: Registry, url: string, options: RequestInit): Promise<Response> {
  const signal = AbortSignal.timeout(blobTimeoutMs);
  return fetch(url, { ...options, redirect: 'manual', signal }).catch((error: unknown) => {
    throw registryUnreachable(registry.name).withPrivateDetail(String(error));
  });
}

// What was sent encrypted so far must not become readable on the way.
function isAllowed(from: URL, to: URL): boolean {
  return to.protocol === 'https:' || (to.protocol === 'http:' && from.protocol === 'http:');
}

/** The digests of what a manifest names: blobs, and manifests of an index. */
function partsOf(registry: Registry, { body }: FetchedManifest): { blobs: string[]; manifests: string[] } {
  let parsed: {
    config?: Descriptor;
    layers?: Descriptor[];
    fsLayers?: Descriptor[];
    blobs?: Descriptor[];
    manifests?: Descriptor[];
  };
  try {
    parsed = JSON.parse(body.toString('utf8')) as typeof parsed;
  } catch {
    throw registryInvalidResponse(registry.name, 'a manifest that is not JSON');
  }
  const digests = (list: readonly (Descriptor | undefined)[] | undefined): string[] => [
    ...new Set(
      (list ?? [])
        .map((one) => one?.digest ?? one?.blobSum)
        .filter((digest): digest is string => typeof digest === 'string'),
    ),
  ];
  return {
    blobs: digests([
      parsed.config,
      ...(parsed.layers ?? []),
      ...(parsed.fsLayers ?? []),
      ...(parsed.blobs ?? []),
    ]),
    manifests: digests(parsed.manifests),
  };
}
