import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import supertest from 'supertest';

// Docker gives up after 15 s; under a heavy load that a spec makes, answers may take longer and still be answers.
const patience = 30_000;

/** What came back: `json` is undefined when the body is none. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly setCookie: readonly string[];
  readonly text: string;
  readonly json: JsonValue;
}

/** JSON as tests read it: any path into it may be asked for, absent ones are undefined. */
export type JsonValue = ReturnType<typeof JSON.parse>;

/** What to send. */
export interface RequestOptions {
  readonly json?: unknown;
  readonly body?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Somebody who speaks HTTP to the index: anonymous, or with credentials that go with every request. */
export class Actor {
  constructor(
    readonly url: string,
    readonly headers: Readonly<Record<string, string>> = {},
    readonly name = '',
  ) {}

  /** The same party with other headers. */
  with(headers: Readonly<Record<string, string>>): Actor {
    return new Actor(this.url, { ...this.headers, ...headers }, this.name);
  }

  /** The same party with Basic credentials. */
  basic(name: string, secret: string): Actor {
    return this.with({ authorization: `Basic ${Buffer.from(`${name}:${secret}`).toString('base64')}` });
  }

  /** The same party with a Bearer token. */
  bearer(token: string): Actor {
    return this.with({ authorization: `Bearer ${token}` });
  }

  get = (path: string, sending?: RequestOptions): Promise<HttpResponse> => this.send('GET', path, sending);
  post = (path: string, json?: unknown): Promise<HttpResponse> => this.send('POST', path, { json });
  put = (path: string, json?: unknown): Promise<HttpResponse> => this.send('PUT', path, { json });
  patch = (path: string, json?: unknown): Promise<HttpResponse> => this.send('PATCH', path, { json });
  delete = (path: string): Promise<HttpResponse> => this.send('DELETE', path);

  /** Sends through supertest. It would spell a hostile path in another way: such a path is refused here. */
  async send(method: string, path: string, sending: RequestOptions = {}): Promise<HttpResponse> {
    const { pathname, search } = new URL(this.url + path);
    if (pathname + search !== path)
      throw new Error(`${path} would go out as ${pathname}${search}: use sendRaw`);
    const { headers, body } = this.outgoing(sending);
    const response = await new supertest.Test(this.url, method, path)
      // Answers are read as they are sent, and requests leave as they were given.
      .set({ 'accept-encoding': 'identity', ...headers })
      .buffer(true)
      .parse((incoming, done) => readText(incoming as unknown as NodeJS.ReadableStream, done))
      .serialize((data) => data as unknown as string)
      .timeout(patience)
      .send(body);
    const text = typeof response.body === 'string' ? response.body : '';
    return answerOf(response.status, response.headers, text);
  }

  /** Sends byte for byte, for hostile requests. */
  sendRaw(method: string, path: string, sending: RequestOptions = {}): Promise<HttpResponse> {
    const { hostname: host, port } = new URL(this.url);
    const { headers, body } = this.outgoing(sending);
    return new Promise((resolve, reject) => {
      const outgoing = httpRequest({ host, port, method, path, headers, agent: false }, (response) => {
        response.on('error', reject);
        readText(response, (_, text) => resolve(answerOf(response.statusCode ?? 0, response.headers, text)));
      });
      outgoing.on('error', reject);
      outgoing.setTimeout(patience, () => outgoing.destroy(new Error(`no answer within ${patience} ms`)));
      outgoing.end(body);
    });
  }

  private outgoing({ json, body, headers: more }: RequestOptions): {
    headers: Record<string, string>;
    body?: Buffer;
  } {
    const headers: Record<string, string> = { ...this.headers, ...more };
    if (json !== undefined) headers['content-type'] ??= 'application/json';
    const content = json === undefined ? body : JSON.stringify(json);
    if (content === undefined) return { headers };
    // As bytes: of a string supertest says that it is a form.
    const bytes = Buffer.from(content);
    headers['content-length'] = String(bytes.length);
    return { headers, body: bytes };
  }
}

function answerOf(status: number, headers: IncomingHttpHeaders, text: string): HttpResponse {
  const simple = Object.entries(headers).map(([key, value]) => [key, String(value)]);
  return {
    status,
    headers: Object.fromEntries(simple) as Record<string, string>,
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
