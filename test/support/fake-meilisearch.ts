import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { JsonValue } from './client';
import { masterKey } from './meilisearch-server';

type Document = Record<string, string | number | boolean | readonly string[]>;

interface Task {
  readonly uid: number;
  status: 'enqueued' | 'succeeded' | 'failed';
  error: { code: string; type: string; message: string } | null;
  startedAt: string | null;
  finishedAt: string | null;
}

interface Index {
  settings: Record<string, unknown>;
  documents: Map<number, Document>;
}

/** An error response, with the code and status recorded from 1.50. */
class ErrorResponse extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly type = 'invalid_request',
    message = code,
  ) {
    super(message);
  }
}

/**
 * An in-memory substitute for Meilisearch, for machines without the program. It implements the routes that the product
 * uses, with the behaviour recorded from version 1.50: tasks are processed asynchronously and in order, and a payload
 * with one invalid document fails as a whole.
 */
export class FakeMeilisearch {
  private readonly indexes = new Map<string, Index>();
  private readonly tasks: Task[] = [];
  private readonly keys = new Map<string, Record<string, unknown>>();
  private queue = Promise.resolve();
  /** Ids of documents that it rejects as invalid. */
  readonly invalidIds = new Set<number>();
  /** The duration that it reports for each task, in milliseconds. */
  taskDurationMs = 0;
  /** A failure to simulate: of every write, of every task, or of the list of tasks, which is then empty. */
  failure: 'disk full' | 'task fails' | 'loses tasks' | undefined;

  private constructor(private readonly server: Server) {}

  static async start(): Promise<FakeMeilisearch> {
    const server = createServer((request, response) => {
      void fake.respond(request).then(([status, body]) => {
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(body === undefined ? '' : JSON.stringify(body));
      });
    });
    const fake = new FakeMeilisearch(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return fake;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Ids of the documents in an index, without the generation marker. */
  ids(index: string): number[] {
    return [...(this.indexes.get(index)?.documents.keys() ?? [])]
      .filter((id) => id !== 0)
      .sort((a, b) => a - b);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async respond(request: IncomingMessage): Promise<[number, unknown]> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const url = new URL(request.url!, 'http://fake');
    try {
      if (url.pathname === '/health') return [200, { status: 'available' }];
      this.authorize(request.headers.authorization, url.pathname);
      return this.route(request.method!, url, text === '' ? undefined : JSON.parse(text));
    } catch (error) {
      const { status, code, type, message } =
        error instanceof ErrorResponse
          ? error
          : new ErrorResponse(400, 'malformed_payload', undefined, String(error));
      return [status, { message, code, type }];
    }
  }

  private authorize(header: string | undefined, path: string): void {
    if (header === undefined) throw new ErrorResponse(401, 'missing_authorization_header', 'auth');
    const key = header.replace(/^Bearer /, '');
    if (key === masterKey) return;
    const isKnown = [...this.keys.values()].some((issued) => issued.key === key);
    if (!isKnown || /^\/(keys|version)/.test(path)) throw new ErrorResponse(403, 'invalid_api_key', 'auth');
  }

  private route(method: string, url: URL, body: JsonValue): [number, unknown] {
    const [, first, name = '', ...rest] = url.pathname.split('/');
    const slash = name !== '' && first !== 'indexes' ? '/' : '';
    const endpoint = `${method} ${first}${slash} ${rest.join('/')}`.trim();
    switch (endpoint) {
      case 'GET version':
        return [200, { pkgVersion: '1.50.0' }];
      case 'GET keys/':
        if (!this.keys.has(name)) throw new ErrorResponse(404, 'api_key_not_found');
        return [200, this.keys.get(name)];
      case 'POST keys':
        if (!('expiresAt' in body)) throw new ErrorResponse(400, 'missing_api_key_expires_at');
        if (this.keys.has(body.uid)) throw new ErrorResponse(409, 'api_key_already_exists');
        this.keys.set(body.uid, { ...body, key: randomUUID() });
        return [201, this.keys.get(body.uid)];
      case 'GET tasks': {
        const uids = new Set((url.searchParams.get('uids') ?? '').split(',').map(Number));
        const results = this.failure === 'loses tasks' ? [] : this.tasks.filter(({ uid }) => uids.has(uid));
        return [200, { results }];
      }
      case 'POST indexes':
        return this.enqueue(() => {
          if (this.indexes.has(body.uid)) throw new ErrorResponse(400, 'index_already_exists');
          this.indexes.set(body.uid, { settings: {}, documents: new Map() });
        });
      case 'DELETE indexes':
        return this.enqueue(() => {
          this.index(name);
          this.indexes.delete(name);
        });
      case 'POST swap-indexes':
        return this.enqueue(() => {
          const [left, right] = body[0].indexes as [string, string];
          const [a, b] = [this.index(left), this.index(right)];
          this.indexes.set(left, b).set(right, a);
        });
      case 'GET indexes settings':
        return [200, this.index(name).settings];
      case 'PATCH indexes settings':
        return this.enqueue(() => void Object.assign(this.index(name).settings, body));
      case 'POST indexes documents':
        return this.enqueue(() => {
          if (this.failure === 'task fails') throw new ErrorResponse(500, 'internal', 'internal');
          const documents = body as (Document & { id: number })[];
          const isInvalid = ({ id }: { id: unknown }) =>
            !/^[\w-]{1,511}$/.test(String(id)) || this.invalidIds.has(Number(id));
          if (documents.some(isInvalid)) throw new ErrorResponse(400, 'invalid_document_id');
          for (const document of documents) this.index(name).documents.set(document.id, document);
        });
      case 'POST indexes documents/delete-batch':
        return this.enqueue(() => body.forEach((id: number) => this.index(name).documents.delete(id)));
      case 'POST indexes documents/fetch': {
        const matching = this.filtered(name, body.filter === undefined ? [] : [body.filter]);
        const { offset = 0, limit } = body;
        return [200, { results: matching.slice(offset, offset + limit), total: matching.length }];
      }
      case 'GET indexes documents': {
        const matching = this.filtered(name, []);
        const [offset, limit] = [url.searchParams.get('offset'), url.searchParams.get('limit') ?? 20];
        const results = matching.slice(Number(offset), Number(offset) + Number(limit));
        return [200, { results, total: matching.length }];
      }
      case 'POST multi-search':
        return [200, { results: body.queries.map((query: JsonValue) => this.search(query)) }];
      default:
        throw new ErrorResponse(404, 'not_found', 'invalid_request', endpoint);
    }
  }

  private enqueue(work: () => void): [number, unknown] {
    if (this.failure === 'disk full') {
      throw new ErrorResponse(
        500,
        'internal',
        'internal',
        'No space left on device (os error 28) at path "/secret"',
      );
    }
    const task: Task = {
      uid: this.tasks.length,
      status: 'enqueued',
      error: null,
      startedAt: null,
      finishedAt: null,
    };
    this.tasks.push(task);
    this.queue = this.queue.then(() => {
      try {
        work();
        task.status = 'succeeded';
      } catch (error) {
        const { code, type, message } = error as ErrorResponse;
        task.status = 'failed';
        task.error = { code, type, message };
      }
      const ended = Date.now();
      task.startedAt = new Date(ended - this.taskDurationMs).toISOString();
      task.finishedAt = new Date(ended).toISOString();
    });
    return [202, { taskUid: task.uid, status: 'enqueued' }];
  }

  private index(uid: string): Index {
    const index = this.indexes.get(uid);
    if (!index) throw new ErrorResponse(404, 'index_not_found');
    return index;
  }

  private search({ indexUid, filter = [], limit, attributesToRetrieve }: JsonValue): unknown {
    const hits = this.filtered(indexUid, filter).sort(
      (a, b) => Number(b.popularity ?? 0) - Number(a.popularity ?? 0) || Number(a.id) - Number(b.id),
    );
    const project = (document: Document): Document =>
      Object.fromEntries(Object.entries(document).filter(([field]) => attributesToRetrieve.includes(field)));
    return { hits: hits.slice(0, limit).map(project), estimatedTotalHits: hits.length };
  }

  /** Documents that match every part of the filter. A part is one filter, or a list of alternatives. */
  private filtered(uid: string, filter: readonly (string | readonly string[])[]): Document[] {
    const parts = filter.map((part) =>
      [part].flat().map((alternative) => alternative.split(' AND ').map((text) => condition(text))),
    );
    return [...this.index(uid).documents.values()].filter((document) =>
      parts.every((alternatives) =>
        alternatives.some((conditions) => conditions.every((matches) => matches(document))),
      ),
    );
  }
}

function condition(text: string): (document: Document) => boolean {
  const [, field = '', operator = '', operand = ''] =
    /^(\w+) (=|>=|<=|>|<|STARTS WITH|IN|NOT IN) (.*)$/.exec(text) ?? [];
  const isQuoted = /^"[^"]*"$|^\["[^"]*"(?:, "[^"]*")*\]$/.test(operand);
  if (operator === '' || (/["/]/.test(operand) && !isQuoted)) {
    throw new ErrorResponse(400, 'invalid_search_filter', undefined, text);
  }
  const value = operand.startsWith('[')
    ? operand.slice(1, -1).replace(/["\s]/g, '').split(',')
    : operand.replace(/^"|"$/g, '');
  const number = Number(operand);
  const tests: Record<string, (actual: string) => boolean> = {
    '=': (actual) => actual === value,
    '>=': (actual) => Number(actual) >= number,
    '<=': (actual) => Number(actual) <= number,
    '>': (actual) => Number(actual) > number,
    '<': (actual) => Number(actual) < number,
    'STARTS WITH': (actual) => actual.startsWith(String(value)),
    IN: (actual) => value.includes(actual),
    'NOT IN': (actual) => !value.includes(actual),
  };
  return (document) =>
    field in document && [document[field]].flat().some((actual) => tests[operator]!(String(actual)));
}
