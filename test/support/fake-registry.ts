import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { randomUUID } from 'node:crypto';
import { content, type Content } from './images';
import { handleAsDistribution } from './distribution-manifests';
import type { Generation, RegistryEventBody } from './registry-event-bodies';
import type { StoredRepositories, StoredRepository } from './stored-repository';
import { handleAsZot } from './zot-manifests';

/** The claims of a token, read from its payload. */
interface Claims {
  readonly aud: string;
  readonly sub: string;
  readonly access: readonly {
    readonly type: string;
    readonly name: string;
    readonly actions: readonly string[];
  }[];
}

/** An error response as the distribution specification defines it. */
interface OwnError {
  readonly status: number;
  readonly codes: readonly string[];
}

/**
 * A registry with the part of the distribution API that clients and the index use: blobs, manifests, tags, a paged
 * catalog, deletes as its generation supports them, and the events of all these, which a test delivers or drops. It
 * accepts a token's payload without verifying the signature; acceptance tests cover that with real registries. The
 * suite `registry-client.contract.ts` runs against it and against real registries.
 */
export class FakeRegistry {
  /** Events that no test has drained, the oldest first. */
  readonly events: RegistryEventBody[] = [];
  /**
   * The fault for a path: a status to respond with, as a proxy does, or with the codes of an error of its own, 'cut' to
   * close the connection, or undefined for none.
   */
  fault: (path: string, method: string) => number | OwnError | 'cut' | undefined = () => undefined;
  /** Runs before each response, so that a test can change the registry between request and response. */
  beforeResponse: (path: string) => Promise<void> = () => Promise.resolve();
  /** Parameters of the challenge to callers without a token; undefined for a registry that requires no token. */
  challenge: string | undefined = 'realm="http://localhost:8080/token",service="main"';
  /** By how many seconds its clock is ahead. */
  clockAheadSeconds = 0;
  /** False for a registry whose configuration disables deletes. */
  allowsDeletes = true;
  /** True for a registry that accepts tokens for any service. */
  acceptsAnyAudience = false;
  /** The URL that requests for a blob are redirected to, as with object storage; undefined to serve blobs itself. */
  blobRedirect: ((digest: string) => string) | undefined;
  /** True for a registry with the referrers API, as zot; Distribution has none. */
  hasReferrersApi = false;
  /** Tags that exist but are missing from its lists. */
  readonly hidden = new Set<string>();
  /** Number of requests received. */
  requests = 0;

  /** True for a registry that gives a blob of any repository to any client that knows its digest, as zot by default. */
  sharesBlobs = false;

  private readonly repositories = new Map<string, StoredRepository>();
  private readonly stored: StoredRepositories = {
    find: (path) => this.repositories.get(path),
    at: (path) => this.repositoryAt(path),
  };

  private constructor(
    private readonly server: Server,
    private readonly generation: Generation,
    private readonly service: string,
    private readonly pageSize: number,
  ) {}

  static async start(
    options: { generation?: Generation; service?: string; pageSize?: number; port?: number } = {},
  ): Promise<FakeRegistry> {
    const { generation = '2.8', service = 'main', pageSize = 3, port = 0 } = options;
    const server = createServer((request, response) => {
      void registry.respond(request, response).catch((error: unknown) => response.destroy(error as Error));
    });
    const registry = new FakeRegistry(server, generation, service, pageSize);
    // zot verifies no audience.
    Object.assign(registry, generation === 'zot' ? { acceptsAnyAudience: true, hasReferrersApi: true } : {});
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    return registry;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Removes and returns the events since the last call. */
  drainEvents(): RegistryEventBody[] {
    return this.events.splice(0);
  }

  /** A repository's tags with their digests, and the digests of its manifests, both sorted. */
  contents(path: string): { tags: Record<string, string>; digests: string[] } {
    const repository = this.repositories.get(path);
    return {
      tags: Object.fromEntries([...(repository?.tags ?? [])].sort()),
      digests: [...(repository?.manifests.keys() ?? [])].sort(),
    };
  }

  /** Stores an image under tags without requests or events, for tests that need many. */
  fill(path: string, image: Content & { blobs: readonly Content[] }, tags: readonly string[]): void {
    const repository = this.repositoryAt(path);
    repository.manifests.set(image.digest, image);
    for (const blob of image.blobs) repository.blobs.set(blob.digest, blob);
    for (const tag of tags) repository.tags.set(tag, image.digest);
  }

  /** Deletes all repositories, like a registry that is restarted on an empty disk. */
  wipe(): void {
    this.repositories.clear();
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private repositoryAt(path: string): StoredRepository {
    const repository = this.repositories.get(path) ?? {
      manifests: new Map(),
      tags: new Map(),
      blobs: new Map(),
    };
    this.repositories.set(path, repository);
    return repository;
  }

  private async respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.requests += 1;
    const body = await readAll(request);
    const url = new URL(request.url ?? '/', this.url);
    await this.beforeResponse(url.pathname);
    const fault = this.fault(url.pathname, request.method ?? 'GET');
    if (fault === 'cut') return void response.destroy();
    if (typeof fault === 'number') return void response.writeHead(fault).end('<html>not now</html>');
    if (fault !== undefined) {
      const errors = fault.codes.map((code) => ({ code, message: code.toLowerCase() }));
      return void response.writeHead(fault.status).end(JSON.stringify({ errors }));
    }
    response.setHeader('date', new Date(Date.now() + this.clockAheadSeconds * 1000).toUTCString());
    const claims = readClaims(request.headers.authorization);
    if (claims === undefined && this.challenge === undefined) return respondWithError(response, 200, '');
    if (claims === undefined || (claims.aud !== this.service && !this.acceptsAnyAudience)) {
      response.setHeader('www-authenticate', `Bearer ${this.challenge}`);
      return respondWithError(response, 401, 'UNAUTHORIZED');
    }
    const route = /^\/v2\/(?:_catalog|(.+)\/(manifests|blobs\/uploads|blobs|tags|referrers)\/([^/]*))$/.exec(
      url.pathname,
    );
    if (route === null) return respondWithError(response, url.pathname === '/v2/' ? 200 : 404, 'NOT_FOUND');
    const [, path, kind, reference] = route;
    const required = requiredActions(request.method ?? 'GET');
    // zot requires the same of its catalog as of a repository without a name.
    const catalog = this.generation === 'zot' ? ['repository', ''] : ['registry', 'catalog'];
    const resource = path === undefined ? catalog : ['repository', path];
    const actions = claims.access
      .filter(({ type, name }) => type === resource[0] && name === resource[1])
      .flatMap((access) => access.actions);
    const isCatalog = path === undefined && this.generation !== 'zot';
    if (!(isCatalog ? ['*'] : required).every((action) => actions.includes(action))) {
      return respondWithError(response, 401, 'UNAUTHORIZED');
    }
    if (path === undefined) return this.list(response, url, 'repositories', [...this.repositories.keys()]);
    if (kind === 'tags') return this.listTags(response, url, path);
    if (kind === 'referrers') return this.listReferrers(response, path, reference!);
    if (kind === 'manifests') {
      return this.manifest(request, response, { path, reference: reference! }, body, claims.sub);
    }
    if (kind === 'blobs') return this.blob(request.method ?? 'GET', response, path, reference!);
    return this.upload(request, response, url, path, body);
  }

  private listTags(response: ServerResponse, url: URL, path: string): void {
    const repository = this.repositories.get(path);
    if (repository === undefined) return respondWithError(response, 404, 'NAME_UNKNOWN');
    const tags = [...repository.tags.keys()].filter((tag) => !this.hidden.has(tag));
    this.list(response, url, 'tags', tags);
  }

  private listReferrers(response: ServerResponse, path: string, digest: string): void {
    if (!this.hasReferrersApi) return void response.writeHead(404).end('404 page not found');
    const manifests = [...(this.repositories.get(path)?.manifests.values() ?? [])].flatMap((manifest) => {
      const { subject, artifactType, annotations } = JSON.parse(manifest.body.toString()) as {
        subject?: { digest: string };
        artifactType?: string;
        annotations?: Record<string, string>;
      };
      const { mediaType, body } = manifest;
      return subject?.digest === digest
        ? [{ digest: manifest.digest, mediaType, size: body.length, artifactType, annotations }]
        : [];
    });
    const mediaType = 'application/vnd.oci.image.index.v1+json';
    response.writeHead(200, { 'content-type': mediaType });
    response.end(JSON.stringify({ schemaVersion: 2, mediaType, manifests }));
  }

  private list(response: ServerResponse, url: URL, field: string, names: string[]): void {
    const last = url.searchParams.get('last') ?? '';
    const after = names.sort().filter((name) => name > last);
    const page = after.slice(0, this.pageSize);
    const headers: Record<string, string> = { 'content-type': 'application/json; charset=utf-8' };
    if (after.length > page.length) {
      const next = new URLSearchParams({ last: page.at(-1)!, n: String(this.pageSize) });
      headers.link = `<${url.pathname}?${next.toString()}>; rel="next"`;
    }
    response.writeHead(200, headers).end(JSON.stringify({ [field]: page }));
  }

  private manifest(
    request: IncomingMessage,
    response: ServerResponse,
    { path, reference }: { readonly path: string; readonly reference: string },
    body: Buffer,
    actor: string,
  ): void {
    const method = request.method ?? 'GET';
    if (method === 'DELETE' && !this.allowsDeletes) return respondWithError(response, 405, 'UNSUPPORTED');
    const { 'content-type': mediaType = '', 'user-agent': userAgent = '' } = request.headers;
    const call = { method, path, reference, mediaType, body, actor, userAgent, origin: this.url };
    const { status, code, manifest, events } =
      this.generation === 'zot'
        ? handleAsZot(this.stored, call)
        : handleAsDistribution(this.generation, this.stored, call);
    this.events.push(...events);
    if (code !== undefined) return respondWithError(response, status, code);
    if (manifest === undefined) return void response.writeHead(status).end();
    if (method === 'PUT') {
      return void response.writeHead(status, { 'docker-content-digest': manifest.digest }).end();
    }
    response.writeHead(status, {
      'content-type': manifest.mediaType,
      'content-length': manifest.body.length,
      'docker-content-digest': manifest.digest,
    });
    response.end(method === 'HEAD' ? undefined : manifest.body);
  }

  private blob(method: string, response: ServerResponse, path: string, digest: string): void {
    const repository = this.repositories.get(path);
    if (method === 'DELETE') {
      return void response.writeHead(repository?.blobs.delete(digest) ? 202 : 404).end();
    }
    const all = this.sharesBlobs ? [...this.repositories.values()] : [];
    const blob = [repository, ...all].map((one) => one?.blobs.get(digest)).find((one) => one !== undefined);
    if (blob === undefined) return respondWithError(response, 404, 'BLOB_UNKNOWN');
    if (this.sharesBlobs) this.repositoryAt(path).blobs.set(digest, blob);
    if (this.blobRedirect !== undefined) {
      return void response.writeHead(307, { location: this.blobRedirect(digest) }).end();
    }
    response.writeHead(200, { 'content-type': 'application/octet-stream', 'docker-content-digest': digest });
    response.end(blob.body);
  }

  private upload(
    request: IncomingMessage,
    response: ServerResponse,
    url: URL,
    path: string,
    body: Buffer,
  ): void {
    if (request.method === 'POST') {
      return void response.writeHead(202, { location: `/v2/${path}/blobs/uploads/${randomUUID()}` }).end();
    }
    const blob = content('application/octet-stream', body);
    if (url.searchParams.get('digest') !== blob.digest)
      return respondWithError(response, 400, 'DIGEST_INVALID');
    this.repositoryAt(path).blobs.set(blob.digest, blob);
    response.writeHead(201, { 'docker-content-digest': blob.digest }).end();
  }
}

function requiredActions(method: string): string[] {
  if (method === 'DELETE') return ['delete'];
  return method === 'GET' || method === 'HEAD' ? ['pull'] : ['pull', 'push'];
}

function readClaims(authorization: string | undefined): Claims | undefined {
  const payload = /^Bearer [^.]+\.([^.]+)\./.exec(authorization ?? '')?.[1];
  return payload === undefined
    ? undefined
    : (JSON.parse(Buffer.from(payload, 'base64url').toString()) as Claims);
}

function respondWithError(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(status === 200 ? '{}' : JSON.stringify({ errors: [{ code, message: code.toLowerCase() }] }));
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
