import { isDigest, isTag } from '@central-index/naming';
import {
  registryError,
  registryInvalidResponse,
  registryUnauthorized,
  registryUnreachable,
} from './registries.errors';
import type { Registry } from './registry';
import { fetchErrorMessage, readBody } from './registry-response';
import type { RegistryTokenSource } from './registry-token-source';

/** Media type under which the index keeps images of v1 registries: the JSON of the image itself. */
export const v1ImageType = 'application/vnd.docker.image.v1+json';

const timeoutMs = 10_000;
const maxBytes = 16 * 1024 * 1024;
const idFormat = /^[0-9a-f]{64}$/;

/**
 * A client of the registry API v1 that uses the index's own tokens. An image has an id of 64 hexadecimal digits, which is
 * written as a digest here: `sha256:<id>`. Throws as RegistryClient does, and returns undefined for what does not exist.
 */
export class V1RegistryClient {
  constructor(private readonly tokens: RegistryTokenSource) {}

  /** The digests of all tags; empty when the repository is absent or emptied. Entries that are no tags are left out. */
  async tags(registry: Registry, path: string): Promise<Map<string, string>> {
    const body = await this.get(registry, path, `/v1/repositories/${path}/tags`);
    if (body === undefined) return new Map();
    if (typeof body !== 'object' || body === null || Array.isArray(body)) {
      throw registryInvalidResponse(registry.name, 'tags that are no object');
    }
    const entries = Object.entries(body as Record<string, unknown>);
    return new Map(
      entries.flatMap(([tag, id]) =>
        isTag(tag) && typeof id === 'string' && idFormat.test(id) ? [[tag, `sha256:${id}`] as const] : [],
      ),
    );
  }

  /** The digest of a tag. */
  async digest(registry: Registry, path: string, tag: string): Promise<string | undefined> {
    const id = await this.get(registry, path, `/v1/repositories/${path}/tags/${tag}`);
    if (id === undefined) return undefined;
    if (typeof id === 'string' && idFormat.test(id)) return `sha256:${id}`;
    throw registryInvalidResponse(registry.name, 'a tag without the id of an image');
  }

  /** The JSON of the image that a tag refers to, or of a digest that a tag of the repository has. */
  async image(
    registry: Registry,
    path: string,
    reference: string,
  ): Promise<{ digest: string; body: Buffer } | undefined> {
    const digest = isDigest(reference)
      ? // Registries keep images by id alone: only a tag makes one part of a repository.
        [...(await this.tags(registry, path)).values()].find((one) => one === reference)
      : await this.digest(registry, path, reference);
    if (digest === undefined) return undefined;
    const json = await this.get(registry, path, `/v1/images/${digest.slice(digest.indexOf(':') + 1)}/json`);
    return json === undefined ? undefined : { digest, body: Buffer.from(JSON.stringify(json)) };
  }

  /** Deletes a tag, or without one the repository. What does not exist counts as deleted; false if that is not allowed. */
  async delete(registry: Registry, path: string, tag?: string): Promise<boolean> {
    const target = `/v1/repositories/${path}/${tag === undefined ? '' : `tags/${tag}`}`;
    const authorization = await this.tokens.v1Authorization(path, 'delete');
    const { status } = await this.send(registry, 'DELETE', target, authorization);
    if ([200, 202, 204, 404].includes(status)) return true;
    if (status === 405) return false;
    throw responseError(registry, status, `DELETE of ${path}`);
  }

  /** The registry's answer to a ping, and the status of requests for tags with the given `Authorization`, or without. */
  async probe(
    registry: Registry,
    path: string,
  ): Promise<{ ping: number; isStandalone: boolean; own: number; foreign: number; anonymous: number }> {
    const ping = await this.send(registry, 'GET', '/v1/_ping');
    const target = `/v1/repositories/${path}/tags`;
    const own = await this.send(registry, 'GET', target, await this.tokens.v1Authorization(path, 'read'));
    const other = await this.tokens.v1Authorization(`${path}-other`, 'read');
    return {
      ping: ping.status,
      isStandalone: /^(?:true|1)$/i.test(ping.headers.get('x-docker-registry-standalone') ?? ''),
      own: own.status,
      foreign: (await this.send(registry, 'GET', target, other)).status,
      anonymous: (await this.send(registry, 'GET', target)).status,
    };
  }

  private async get(registry: Registry, path: string, target: string): Promise<unknown> {
    const authorization = await this.tokens.v1Authorization(path, 'read');
    const { status, body } = await this.send(registry, 'GET', target, authorization);
    const json = parse(body);
    // That of a proxy, which sends a page, proves no absence.
    if (status === 404 && typeof json === 'object') return undefined;
    if (status !== 200) throw responseError(registry, status, target);
    if (json === undefined) throw registryInvalidResponse(registry.name, 'a body that is not JSON');
    return json;
  }

  private async send(
    registry: Registry,
    method: 'GET' | 'DELETE',
    target: string,
    authorization?: string,
  ): Promise<{ status: number; headers: Headers; body: Buffer }> {
    const response = await fetch(registry.url + target, {
      method,
      headers: authorization === undefined ? {} : { authorization },
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    }).catch((error: unknown) => {
      throw registryUnreachable(registry.name).withPrivateDetail(fetchErrorMessage(error));
    });
    const body = await readBody(registry, response, maxBytes);
    return { status: response.status, headers: response.headers, body };
  }
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}

function responseError(registry: Registry, status: number, request: string): Error {
  const isRejected = status === 401 || status === 403;
  return (isRejected ? registryUnauthorized : registryError)(registry.name).withPrivateDetail(
    `${status} for ${request}`,
  );
}
