import { request as httpRequest } from 'node:http';

// Docker gives up after 15 s; under a heavy load that a spec makes, answers may take longer and still be answers.
const patience = 30_000;

/** What came back: `json` is undefined when the body is none. */
export interface Answer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly setCookie: readonly string[];
  readonly text: string;
  readonly json: JsonValue;
}

/** JSON as tests read it: any path into it may be asked for, absent ones are undefined. */
export type JsonValue = ReturnType<typeof JSON.parse>;

/** What to send. `path` goes out byte for byte, so hostile ones stay hostile. */
export interface Sending {
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

  get = (path: string, sending?: Sending): Promise<Answer> => this.send('GET', path, sending);
  post = (path: string, json?: unknown): Promise<Answer> => this.send('POST', path, { json });
  put = (path: string, json?: unknown): Promise<Answer> => this.send('PUT', path, { json });
  patch = (path: string, json?: unknown): Promise<Answer> => this.send('PATCH', path, { json });
  delete = (path: string): Promise<Answer> => this.send('DELETE', path);

  send(method: string, path: string, sending: Sending = {}): Promise<Answer> {
    const { hostname, port } = new URL(this.url);
    const headers: Record<string, string> = { ...this.headers, ...sending.headers };
    let body = sending.body;
    if (sending.json !== undefined) {
      body = JSON.stringify(sending.json);
      headers['content-type'] ??= 'application/json';
    }
    if (body !== undefined) headers['content-length'] = String(Buffer.byteLength(body));
    return new Promise((resolve, reject) => {
      const outgoing = httpRequest(
        { host: hostname, port, method, path, headers, agent: false },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () => {
            const text = Buffer.concat(chunks).toString('utf8');
            const simple = Object.entries(response.headers).map(([key, value]) => [key, String(value)]);
            resolve({
              status: response.statusCode ?? 0,
              headers: Object.fromEntries(simple) as Record<string, string>,
              setCookie: response.headers['set-cookie'] ?? [],
              text,
              json: parse(text),
            });
          });
        },
      );
      outgoing.on('error', reject);
      // Every real client gives up at some time: an answer that never comes must not hold a spec for ever.
      outgoing.setTimeout(patience, () => outgoing.destroy(new Error(`no answer within ${patience} ms`)));
      outgoing.end(body);
    });
  }
}

function parse(text: string): JsonValue {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
