import { request as httpRequest, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';

/** One exchange of the recording: a request of Docker 1.5 or 1.6, and what a stand-in answered. */
export interface RecordedExchange {
  readonly scenario: string;
  readonly n: number;
  readonly to: 'index' | 'registry';
  readonly from: 'client' | 'registry';
  readonly client: string;
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly headers: Readonly<Record<string, string | string[]>>;
    readonly body: string;
  };
  readonly response: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  };
}

/** An answer to a replayed request. */
export interface ReplayedAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

const recordedPassword = 'p';
const tokenKey = (value: string): string => value.replace(/^(?:Token )+/, '');

/**
 * Replays recorded requests byte for byte: method, path, headers and body are as recorded, the Host included. Only what the
 * recorded client had from its stand-in is replaced: tokens by those of the index, and the password by one that the index
 * accepts. The User-Agent of Docker 1.5 is the one that it sent in 2015: the recording's build has a newer Go.
 */
export class Replay {
  private readonly tokens = new Map<string, string>();

  constructor(
    private readonly urls: Readonly<Record<RecordedExchange['to'], string>>,
    private readonly password: string,
  ) {}

  /** True if the token of the request, if it has one, is one that the index issued. */
  isPossible({ request: { headers } }: RecordedExchange): boolean {
    const authorization = String(headers.Authorization ?? '');
    return !authorization.startsWith('Token') || this.tokens.has(tokenKey(authorization));
  }

  /** Sends a recorded request, and stores the token that the answer has in place of the recorded one. */
  async send(exchange: RecordedExchange): Promise<ReplayedAnswer> {
    const { request, response, to } = exchange;
    const body = request.body.replace(`"password":"${recordedPassword}"`, `"password":"${this.password}"`);
    const answer = await send(
      this.urls[to],
      request.method,
      request.path,
      this.headersOf(exchange, body),
      body,
    );
    const [recorded, issued] = [response.headers['X-Docker-Token'], answer.headers['x-docker-token']];
    if (recorded !== undefined && typeof issued === 'string') this.tokens.set(tokenKey(recorded), issued);
    return answer;
  }

  private headersOf({ client, request }: RecordedExchange, body: string): OutgoingHttpHeaders {
    const headers: OutgoingHttpHeaders = { ...request.headers };
    if ('Content-Length' in headers) headers['Content-Length'] = String(Buffer.byteLength(body));
    if (client === '1.5.0' && headers['User-Agent'] === 'Go-http-client/1.1') {
      headers['User-Agent'] = 'Go 1.1 package http';
    }
    const authorization = String(headers.Authorization ?? '');
    if (authorization.startsWith('Token')) {
      const issued = this.tokens.get(tokenKey(authorization))!;
      headers.Authorization = authorization.replace(tokenKey(authorization), () => issued);
    } else if (authorization !== '') headers.Authorization = this.basic(authorization);
    return headers;
  }

  private basic(authorization: string): string {
    const [name, secret] = Buffer.from(authorization.slice('Basic '.length), 'base64').toString().split(':');
    if (secret !== recordedPassword) return authorization;
    return `Basic ${Buffer.from(`${name}:${this.password}`).toString('base64')}`;
  }
}

function send(
  url: string,
  method: string,
  path: string,
  headers: OutgoingHttpHeaders,
  body: string,
): Promise<ReplayedAnswer> {
  const { hostname: host, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host, port, method, path, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const { statusCode: status = 0, headers: answered } = response;
        resolve({ status, headers: answered, text: Buffer.concat(chunks).toString('utf8') });
      });
    });
    request.on('error', reject);
    request.end(body === '' ? undefined : body);
  });
}
