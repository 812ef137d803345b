import { mkdirSync, readFileSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { Client } from 'pg';
import { Api } from '../test/acceptance/support/api';
import { temporaryFolder } from '../test/acceptance/support/environment';
import { succeeded } from '../test/acceptance/support/processes';
import { Product } from '../test/acceptance/support/product';
import type { Generation } from '../test/acceptance/support/programs';
import { BlobRegistry } from '../test/acceptance/support/registry';
import { olga } from '../test/acceptance/support/docker-fixture';
import { until } from '../test/acceptance/support/until';
import { createTestDatabase, testSecretKey } from '../test/support/database';
import { content, imageOf, type Content } from '../test/support/images';
import type { Figure } from './scenario';
import { FalseRegistry } from './faulty-registry';
import { fillIndex } from './seeded-index';

const tags = 10;
const shared = imageOf('the layer that all share');

/** The reconciles of a real registry that is asked through a counter. */
export async function sweepReal(generation: Generation, size: number): Promise<Figure[]> {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'index'));
  const database = await createTestDatabase();
  const sql = new Client({ connectionString: database.url });
  await sql.connect();
  const registry = await BlobRegistry.prepare(generation, join(folder, 'registry'));
  const counter = await Counter.before(registry.port);
  const index = await Product.start(join(folder, 'index'), {
    DATABASE_URL: database.url,
    SECRET_KEY: testSecretKey,
  });
  try {
    await index.createAdministrator(olga.name, olga.password);
    // Without the fragment it asks for no token, and reports nothing.
    await registry.start('');
    await pLimit(8).map(Array(size).keys(), (n) => push(registry.url, n));
    await registry.stop();
    const part = join(folder, 'part.yml');
    const place = ['--url', counter.url, '--kind', generation, '--config', part];
    succeeded(await index.command(['registry', 'add', 'main', ...place]));
    await registry.start(readFileSync(part, 'utf8'));
    const { rows } = await sql.query<{ id: string }>(`select id from registry where name = 'main'`);
    await fillIndex(sql, rows[0]!.id, size, []);
    const timed = async (full: boolean) => {
      counter.requests = 0;
      const { started_at, finished_at, added, failure } = await reconcile(new Api(index.url, olga), full);
      if (failure !== null) throw new Error(failure);
      return { seconds: (Date.parse(finished_at) - Date.parse(started_at)) / 1000, added };
    };
    const first = await timed(false);
    const firstRequests = counter.requests;
    const unchanged = await timed(false);
    const unchangedRequests = counter.requests;
    const full = await timed(true);
    return [
      {
        what: `tags added of ${size} repositories of ${generation} with ${tags} each`,
        found: first.added,
        asked: size * tags,
      },
      { what: 'seconds for that', found: first.seconds, atMost: 60 },
      { what: 'requests for that', found: firstRequests },
      { what: 'seconds when nothing changed', found: unchanged.seconds, atMost: 60 },
      {
        what: 'requests a repository then, the pages of the catalog left out',
        found: (unchangedRequests - counter.catalogPages) / size,
        atMost: 1,
      },
      { what: 'seconds when every digest is asked for', found: full.seconds, atMost: 60 },
    ];
  } finally {
    await index.stop();
    await registry.stop();
    await counter.stop();
    await sql.end();
    await database.drop();
  }
}

interface SweepView {
  readonly started_at: string;
  readonly finished_at: string;
  readonly added: number;
  readonly failure: string | null;
}

async function reconcile(api: Api, full: boolean): Promise<SweepView> {
  const accepted = await api.send('POST', '/api/v1/admin/registries/main/reconcile', { full });
  const { id } = (await accepted.json()) as { id: string };
  return until(180_000, async () => {
    const answer = await api.send('GET', `/api/v1/admin/operations/${id}`);
    const { result } = (await answer.json()) as { result: SweepView | null };
    return result ?? undefined;
  });
}

/** Pushes images of their own for all tags; the layer is taken over from the first repository. */
async function push(url: string, n: number): Promise<void> {
  const path = FalseRegistry.path(n);
  const send = async (method: string, target: string, type?: string, body?: Buffer): Promise<Response> => {
    const answer = await fetch(new URL(target, url), {
      method,
      headers: type === undefined ? {} : { 'content-type': type },
      body: body === undefined ? undefined : new Uint8Array(body),
    });
    await answer.arrayBuffer();
    if (!answer.ok) throw new Error(`${method} ${target}: ${answer.status}`);
    return answer;
  };
  const sendBlob = async ({ digest, body }: Content, from = ''): Promise<void> => {
    const begun = await send('POST', `/v2/${path}/blobs/uploads/${from}`);
    if (begun.status === 201) return;
    const location = new URL(begun.headers.get('location')!, url);
    location.searchParams.set('digest', digest);
    await send('PUT', location.href, 'application/octet-stream', body);
  };
  const [config, layer] = shared.blobs;
  await sendBlob(layer!, `?mount=${layer!.digest}&from=${encodeURIComponent(FalseRegistry.path(0))}`);
  for (let tag = 0; tag < tags; tag += 1) {
    const settings = { ...(JSON.parse(config!.body.toString()) as object), author: `${n} ${tag}` };
    const own = content(config!.mediaType, JSON.stringify(settings));
    await sendBlob(own);
    const { mediaType, digest, body } = own;
    const manifest = {
      ...(JSON.parse(shared.body.toString()) as object),
      config: { mediaType, digest, size: body.length },
    };
    const type = shared.mediaType;
    await send('PUT', `/v2/${path}/manifests/v${tag}`, type, Buffer.from(JSON.stringify(manifest)));
  }
}

/** Stands before a registry and counts what it is asked. */
class Counter {
  requests = 0;
  /** Pages of the catalog that the last count is made of. */
  catalogPages = 0;

  private constructor(private readonly server: Server) {}

  static async before(port: number): Promise<Counter> {
    const server = createServer((incoming, outgoing) => {
      if (counter.requests === 0) counter.catalogPages = 0;
      counter.requests += 1;
      if (incoming.url!.startsWith('/v2/_catalog')) counter.catalogPages += 1;
      const { method, url, headers } = incoming;
      const onward = request({ port, host: '127.0.0.1', method, path: url, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode!, answer.headers);
        answer.pipe(outgoing);
      });
      onward.on('error', () => outgoing.destroy());
      incoming.pipe(onward);
    });
    const counter = new Counter(server);
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    return counter;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((closed) => this.server.close(closed));
  }
}
