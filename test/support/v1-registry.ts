import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface V1Image {
  json?: Buffer;
  layer?: Buffer;
  checksum?: string;
}

/** An answer: JSON, and its status. */
interface Answer {
  readonly status: number;
  readonly json: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

const tokenPair = /(\w+)[:=][\s"]?([^",]+)"?/g;
const methodsOf: Readonly<Record<string, readonly string[]>> = {
  read: ['GET'],
  write: ['POST', 'PUT'],
  delete: ['DELETE'],
};
const refused: Answer = {
  status: 401,
  json: { error: 'Requires authorization' },
  headers: { 'www-authenticate': 'Token' },
};

/**
 * A registry of the API v1, with images in memory. It validates tokens as docker-registry 0.9.1 does (PROTOCOL A.3): it
 * compares the repository and the method, and asks the index for the images of the repository with the same header, at
 * every request. Images of a push must be in that list, and parents readable by the index's word.
 */
export class V1Registry {
  /** `METHOD path => status` of each question to the index. */
  readonly questions: string[] = [];
  /** True for a registry that asks no index. */
  isStandalone = false;
  /** The status with which it fails every request; undefined for none. */
  failure: number | undefined;
  readonly images = new Map<string, V1Image>();
  readonly tags = new Map<string, Map<string, string>>();

  private constructor(
    private readonly server: Server,
    private readonly indexEndpoint: () => string,
  ) {}

  /** Starts it. `indexEndpoint` is read at each request, because an index may start later. */
  static async start(indexEndpoint: () => string): Promise<V1Registry> {
    const server = createServer((request, response) => {
      void registry.respond(request, response);
    });
    const registry = new V1Registry(server, indexEndpoint);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return registry;
  }

  get host(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get url(): string {
    return `http://${this.host}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { status, json, headers } = await this.answer(request, Buffer.concat(chunks)).catch(
      (error: unknown): Answer => ({ status: 500, json: { error: String(error) } }),
    );
    response.writeHead(status, {
      'content-type': 'application/json',
      'x-docker-registry-version': '0.9.1',
      'x-docker-registry-config': 'prod',
      ...headers,
    });
    response.end(JSON.stringify(json));
  }

  private async answer(request: IncomingMessage, body: Buffer): Promise<Answer> {
    const { method = '', url = '', headers } = request;
    if (this.failure !== undefined) return { status: this.failure, json: {} };
    if (url === '/v1/_ping') {
      const standalone = String(this.isStandalone);
      return { status: 200, json: true, headers: { 'x-docker-registry-standalone': standalone } };
    }
    const segments = url
      .replace(/^\/v1\//, '')
      .replace(/\/$/, '')
      .split('/');
    const named = segments[0] === 'repositories' ? pathOf(segments.slice(1)) : undefined;
    const token = this.isStandalone ? undefined : readToken(headers.authorization);
    const allowed = this.isStandalone ? [] : await this.validate(method, token, named, headers.authorization);
    if (allowed === undefined) return refused;
    if (segments[0] === 'images') return this.image(method, segments, body, headers, { token, allowed });
    if (named !== undefined) return this.repository(method, named, segments.slice(1), body);
    return { status: 404, json: { error: 'Not found' } };
  }

  /** The ids of the images that the token opens; undefined if it opens nothing. */
  private async validate(
    method: string,
    token: Map<string, string> | undefined,
    named: string | undefined,
    authorization: string | undefined,
  ): Promise<string[] | undefined> {
    const repository = token?.get('repository');
    if (token === undefined || repository?.split('/').length !== 2) return undefined;
    if (named !== undefined && named !== repository) return undefined;
    if (!methodsOf[token.get('access') ?? '']?.includes(method)) return undefined;
    const answer = await this.query(`/v1/repositories/${repository}/images`, authorization!);
    if (answer.status !== 200 || !Array.isArray(answer.json)) return undefined;
    return (answer.json as { id: string }[]).map(({ id }) => id);
  }

  private async query(path: string, authorization: string): Promise<Answer> {
    const response = await fetch(this.indexEndpoint() + path, { headers: { authorization } });
    const json: unknown = await response.json().catch(() => undefined);
    this.questions.push(`GET ${path} => ${response.status}`);
    return { status: response.status, json };
  }

  private async image(
    method: string,
    [, id = '', part = '']: readonly string[],
    body: Buffer,
    headers: IncomingMessage['headers'],
    { token, allowed }: { token: Map<string, string> | undefined; allowed: string[] },
  ): Promise<Answer> {
    const image = this.images.get(id);
    if (method === 'GET') {
      if (part === 'ancestry' && image?.json !== undefined) return { status: 200, json: this.ancestry(id) };
      const content = part === 'json' ? image?.json : part === 'layer' ? image?.layer : undefined;
      if (content === undefined) return { status: 404, json: { error: 'Image not found' } };
      return { status: 200, json: part === 'json' ? JSON.parse(content.toString()) : content.length };
    }
    if (method !== 'PUT') return { status: 405, json: { error: 'method' } };
    if (part === 'json') {
      if (!this.isStandalone && !allowed.includes(id)) {
        return { status: 400, json: { error: 'This image does not belong to the repository' } };
      }
      const { parent } = JSON.parse(body.toString()) as { parent?: string };
      if (parent !== undefined && !(await this.mayUse(parent, token, headers.authorization))) {
        return { status: 400, json: { error: 'Image depends on an unauthorized parent' } };
      }
      this.images.set(id, { ...image, json: body });
    } else if (part === 'layer') this.images.set(id, { ...image, layer: body });
    else this.images.set(id, { ...image, checksum: String(headers['x-docker-checksum']) });
    return { status: 200, json: true };
  }

  private async mayUse(
    parent: string,
    token: Map<string, string> | undefined,
    authorization: string | undefined,
  ): Promise<boolean> {
    if (this.isStandalone) return true;
    const path = `/v1/repositories/${token?.get('repository')}/layer/${parent}/access`;
    const { status, json } = await this.query(path, authorization!);
    return status === 200 && (json as { access?: unknown }).access === true;
  }

  private ancestry(id: string): string[] {
    const { parent } = JSON.parse(this.images.get(id)?.json?.toString() ?? '{}') as { parent?: string };
    return parent === undefined ? [id] : [id, ...this.ancestry(parent)];
  }

  private repository(method: string, path: string, segments: readonly string[], body: Buffer): Answer {
    const at = segments.indexOf('tags', 1);
    const tag = at < 0 ? undefined : segments[at + 1];
    const tags = this.tags.get(path) ?? new Map<string, string>();
    const absent: Answer = { status: 404, json: { error: 'Repository not found' } };
    if (method === 'PUT' && tag !== undefined) {
      this.tags.set(path, tags.set(tag, JSON.parse(body.toString()) as string));
      return { status: 200, json: true };
    }
    if (!this.tags.has(path)) return absent;
    if (method === 'GET' && at > 0) {
      if (tag === undefined) return { status: 200, json: Object.fromEntries(tags) };
      return tags.has(tag)
        ? { status: 200, json: tags.get(tag) }
        : { status: 404, json: { error: 'Tag not found' } };
    }
    if (method !== 'DELETE') return { status: 405, json: { error: 'method' } };
    if (tag === undefined) this.tags.delete(path);
    else tags.delete(tag);
    return { status: 200, json: true };
  }
}

// The repository of a path: what precedes `tags`, with `library` if it has one component.
function pathOf(segments: readonly string[]): string {
  const at = segments.indexOf('tags', 1);
  const name = (at < 0 ? segments : segments.slice(0, at)).join('/');
  return name.includes('/') ? name : `library/${name}`;
}

function readToken(authorization: string | undefined): Map<string, string> | undefined {
  if (!/^token/i.test(authorization ?? '')) return undefined;
  return new Map([...authorization!.matchAll(tokenPair)].map(([, name = '', value = '']) => [name, value]));
}
