import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import supertest from 'supertest';

// Docker's timeout is 15 s. A spec that generates load itself must also receive slower responses.
const timeoutMs = 30_000;

/** A response: `json` is undefined when the body is not JSON. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly setCookie: readonly string[];
  readonly text: string;
  readonly json: JsonValue;
}

/** JSON of any shape, so that tests can read any path of it. */
export type JsonValue = ReturnType<typeof JSON.parse>;

/** Body and headers of a request. `json` is serialized and takes precedence over `body`. */
export interface RequestOptions {
  readonly json?: unknown;
  readonly body?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An HTTP client of the index: anonymous, or with credentials that every request carries. */
export class Actor {
  constructor(
    readonly url: string,
    readonly headers: Readonly<Record<string, string>> = {},
    readonly name = '',
  ) {}

  /** The same client with further headers, which replace those of the same name. */
  with(headers: Readonly<Record<string, string>>): Actor {
    return new Actor(this.url, { ...this.headers, ...headers }, this.name);
  }

  /** The same client with Basic credentials. */
  basic(name: string, secret: string): Actor {
    return this.with({ authorization: `Basic ${Buffer.from(`${name}:${secret}`).toString('base64')}` });
  }

  /** The same client with a Bearer token. */
  bearer(token: string): Actor {
    return this.with({ authorization: `Bearer ${token}` });
  }

  get = (path: string, options?: RequestOptions): Promise<HttpResponse> => this.send('GET', path, options);
  post = (path: string, json?: unknown): Promise<HttpResponse> => this.send('POST', path, { json });
  put = (path: string, json?: unknown): Promise<HttpResponse> => this.send('PUT', path, { json });
  patch = (path: string, json?: unknown): Promise<HttpResponse> => this.send('PATCH', path, { json });
  delete = (path: string, json?: unknown): Promise<HttpResponse> => this.send('DELETE', path, { json });

  /** Sends through supertest. Throws if the path would be normalized on the way: such a path needs `sendRaw`. */
  async send(method: string, path: string, options: RequestOptions = {}): Promise<HttpResponse> {
    const { pathname, search } = new URL(this.url + path);
    if (pathname + search !== path)
      throw new Error(`${path} would be sent as ${pathname}${search}: use sendRaw`);
    const { headers, body } = this.encode(options);
    const response = await new supertest.Test(this.url, method, path)
      // Neither the response nor the request is decoded or encoded on the way.
      .set({ 'accept-encoding': 'identity', ...headers })
      .buffer(true)
      .parse((incoming, done) => readText(incoming as unknown as NodeJS.ReadableStream, done))
      .serialize((data) => data as unknown as string)
      .timeout(timeoutMs)
      .send(body);
    const text = typeof response.body === 'string' ? response.body : '';
    return toResponse(response.status, response.headers, text);
  }

  /** Sends method, path, headers and body byte for byte, for hostile requests. */
  sendRaw(method: string, path: string, options: RequestOptions = {}): Promise<HttpResponse> {
    const { hostname: host, port } = new URL(this.url);
    const { headers, body } = this.encode(options);
    return new Promise((resolve, reject) => {
      const request = httpRequest({ host, port, method, path, headers, agent: false }, (response) => {
        response.on('error', reject);
        readText(response, (_, text) =>
          resolve(toResponse(response.statusCode ?? 0, response.headers, text)),
        );
      });
      request.on('error', reject);
      request.setTimeout(timeoutMs, () => request.destroy(new Error(`no response within ${timeoutMs} ms`)));
      request.end(body);
    });
  }

  private encode({ json, body, headers: more }: RequestOptions): {
    headers: Record<string, string>;
    body?: Buffer;
  } {
    const headers: Record<string, string> = { ...this.headers, ...more };
    if (json !== undefined) headers['content-type'] ??= 'application/json';
    const content = json === undefined ? body : JSON.stringify(json);
    if (content === undefined) return { headers };
    // As bytes: supertest declares a string to be a form.
    const bytes = Buffer.from(content);
    headers['content-length'] = String(bytes.length);
    return { headers, body: bytes };
  }
}

function toResponse(status: number, headers: IncomingHttpHeaders, text: string): HttpResponse {
  const entries = Object.entries(headers).map(([key, value]) => [key, String(value)]);
  return {
    status,
    headers: Object.fromEntries(entries) as Record<string, string>,
    setCookie: headers['set-cookie'] ?? [],
    text,
    json: parse(text),
  };
}

function readText(response: NodeJS.ReadableStream, done: (error: Error | null, text: string) => void): void {
  const chunks: Buffer[] = [];
  response.on('data', (chunk: Buffer) => chunks.push(chunk));
  response.on('end', () => done(null, Buffer.concat(chunks).toString('utf8')));
}

function parse(text: string): JsonValue {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
