import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { randomUUID } from 'node:crypto';
import { content, type Content } from './images';
import { changeEvent, type Generation, type RegistryEventBody } from './registry-event-bodies';

/** What a token lets its bearer do, read from its payload. */
interface Claims {
  readonly aud: string;
  readonly sub: string;
  readonly access: readonly {
    readonly type: string;
    readonly name: string;
    readonly actions: readonly string[];
  }[];
}

interface Held {
  readonly manifests: Map<string, Content>;
  readonly tags: Map<string, string>;
  readonly blobs: Map<string, Content>;
}

/**
 * A registry that speaks enough of the distribution API for clients and for the index: blobs, manifests, tags, the
 * catalog in pages, deletes as its generation does them, and the events of all that, which a test delivers or loses.
 * It believes a token's payload without verifying the signature: that is the real registries' part in acceptance. The
 * contract suite `registry.contract.ts` holds it to what the real ones do.
 */
export class FakeRegistry {
  /** Events in the order they happened, for the test to deliver. */
  readonly events: RegistryEventBody[] = [];
  /** A fault for requests whose path matches: a status, or 'hang' for a connection that is cut. */
  fault: (path: string) => number | 'cut' | undefined = () => undefined;
  /** Runs before each answer; a test changes the registry here, between question and answer. */
  beforeResponse: (path: string) => Promise<void> = () => Promise.resolve();
  /** Parameters of the challenge to callers without a token; undefined for a registry that asks for none. */
  challenge: string | undefined = 'realm="http://localhost:8080/token",service="main"';
  /** How many seconds its clock is ahead. */
  clockAheadSeconds = 0;
  /** False for a registry whose configuration allows no deletes. */
  allowsDeletes = true;
  /** True for one that believes any token, whatever service it is for. */
  acceptsAnyAudience = false;
  /** Where it sends those who ask for a blob, as one does that keeps them in other storage; undefined to serve them. */
  blobRedirect: ((digest: string) => string) | undefined;
  /** Tags that its lists leave out although they are there. */
  readonly hidden = new Set<string>();
  /** Requests received. */
  requests = 0;

  private readonly repositories = new Map<string, Held>();

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
      void registry.answer(request, response).catch((error: unknown) => response.destroy(error as Error));
    });
    const registry = new FakeRegistry(server, generation, service, pageSize);
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    return registry;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Takes the events that happened since the last call. */
  drainEvents(): RegistryEventBody[] {
    return this.events.splice(0);
  }

  /** Tags with their digests, by path: what a model is compared with. */
  contents(path: string): { tags: Record<string, string>; digests: string[] } {
    const held = this.repositories.get(path);
    return {
      tags: Object.fromEntries([...(held?.tags ?? [])].sort()),
      digests: [...(held?.manifests.keys() ?? [])].sort(),
    };
  }

  /** Puts an image there without a request, under tags; for tests that need very many. */
  fill(path: string, image: Content & { blobs: readonly Content[] }, tags: readonly string[]): void {
    const held = this.held(path);
    held.manifests.set(image.digest, image);
    for (const blob of image.blobs) held.blobs.set(blob.digest, blob);
    for (const tag of tags) held.tags.set(tag, image.digest);
  }

  /** Loses everything, as a registry does that is started on another disk. */
  wipe(): void {
    this.repositories.clear();
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private held(path: string): Held {
    const held = this.repositories.get(path) ?? { manifests: new Map(), tags: new Map(), blobs: new Map() };
    this.repositories.set(path, held);
    return held;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.requests += 1;
    const body = await readAll(request);
    const url = new URL(request.url ?? '/', this.url);
    await this.beforeResponse(url.pathname);
    const fault = this.fault(url.pathname);
    if (fault === 'cut') return void response.destroy();
    if (fault !== undefined) return void response.writeHead(fault).end('<html>not now</html>');
    response.setHeader('date', new Date(Date.now() + this.clockAheadSeconds * 1000).toUTCString());
    const claims = readClaims(request.headers.authorization);
    if (claims === undefined && this.challenge === undefined) return refuse(response, 200, '');
    if (claims === undefined || (claims.aud !== this.service && !this.acceptsAnyAudience)) {
      response.setHeader('www-authenticate', `Bearer ${this.challenge}`);
      return refuse(response, 401, 'UNAUTHORIZED');
    }
    const route = /^\/v2\/(?:_catalog|(.+)\/(manifests|blobs\/uploads|blobs|tags)\/([^/]*))$/.exec(
      url.pathname,
    );
    if (route === null) return refuse(response, url.pathname === '/v2/' ? 200 : 404, 'NOT_FOUND');
    const [, path, kind, reference] = route;
    const needed = neededActions(request.method ?? 'GET');
    const entry = path === undefined ? ['registry', 'catalog'] : ['repository', path];
    const actions = claims.access
      .filter(({ type, name }) => type === entry[0] && name === entry[1])
      .flatMap((access) => access.actions);
    if (!(path === undefined ? ['*'] : needed).every((action) => actions.includes(action))) {
      return refuse(response, 401, 'UNAUTHORIZED');
    }
    if (path === undefined) return this.list(response, url, 'repositories', [...this.repositories.keys()]);
    if (kind === 'tags') return this.listTags(response, url, path);
    if (kind === 'manifests') return this.manifest(request, response, path, reference!, body, claims.sub);
    if (kind === 'blobs') return this.blob(response, path, reference!);
    return this.upload(request, response, url, path, body);
  }

  private listTags(response: ServerResponse, url: URL, path: string): void {
    const held = this.repositories.get(path);
    if (held === undefined) return refuse(response, 404, 'NAME_UNKNOWN');
    const tags = [...held.tags.keys()].filter((tag) => !this.hidden.has(tag));
    this.list(response, url, 'tags', tags);
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
    path: string,
    reference: string,
    body: Buffer,
    actor: string,
  ): void {
    const isTag = !reference.includes(':');
    const method = request.method ?? 'GET';
    const happened = (action: string, target: Partial<Content> & { tag?: string }): void => {
      this.events.push(
        changeEvent(this.generation, { action, path, method, actor, origin: this.url, ...target }),
      );
    };
    if (method === 'PUT') {
      const manifest = content(request.headers['content-type'] ?? '', body);
      const held = this.held(path);
      held.manifests.set(manifest.digest, manifest);
      if (isTag) held.tags.set(reference, manifest.digest);
      happened('push', { ...manifest, tag: isTag ? reference : undefined });
      return void response.writeHead(201, { 'docker-content-digest': manifest.digest }).end();
    }
    if (method === 'DELETE' && !this.allowsDeletes) return refuse(response, 405, 'UNSUPPORTED');
    const held = this.repositories.get(path);
    const manifest = held?.manifests.get(held.tags.get(reference) ?? reference);
    if (method === 'DELETE' && isTag && this.generation === '2.8')
      return refuse(response, 400, 'DIGEST_INVALID');
    if (held === undefined || manifest === undefined) return refuse(response, 404, 'MANIFEST_UNKNOWN');
    if (method === 'DELETE') {
      const tags = isTag
        ? [reference]
        : [...held.tags].filter(([, digest]) => digest === reference).map(([tag]) => tag);
      if (!isTag) {
        held.manifests.delete(reference);
        happened('delete', { digest: reference });
      }
      for (const tag of tags) {
        held.tags.delete(tag);
        happened('delete', { tag });
      }
      return void response.writeHead(202).end();
    }
    happened('pull', { ...manifest, tag: isTag ? reference : undefined });
    response.writeHead(200, {
      'content-type': manifest.mediaType,
      'content-length': manifest.body.length,
      'docker-content-digest': manifest.digest,
    });
    response.end(method === 'HEAD' ? undefined : manifest.body);
  }

  private blob(response: ServerResponse, path: string, digest: string): void {
    const blob = this.repositories.get(path)?.blobs.get(digest);
    if (blob === undefined) return refuse(response, 404, 'BLOB_UNKNOWN');
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
    if (url.searchParams.get('digest') !== blob.digest) return refuse(response, 400, 'DIGEST_INVALID');
    this.held(path).blobs.set(blob.digest, blob);
    response.writeHead(201, { 'docker-content-digest': blob.digest }).end();
  }
}

function neededActions(method: string): string[] {
  if (method === 'DELETE') return ['delete'];
  return method === 'GET' || method === 'HEAD' ? ['pull'] : ['pull', 'push'];
}

function readClaims(authorization: string | undefined): Claims | undefined {
  const payload = /^Bearer [^.]+\.([^.]+)\./.exec(authorization ?? '')?.[1];
  return payload === undefined
    ? undefined
    : (JSON.parse(Buffer.from(payload, 'base64url').toString()) as Claims);
}

function refuse(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(status === 200 ? '{}' : JSON.stringify({ errors: [{ code, message: code.toLowerCase() }] }));
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
