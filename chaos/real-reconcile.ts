import { mkdirSync, readFileSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Client } from 'pg';
import { rate } from '../bench/stats';
import { Api } from '../test/acceptance/support/api';
import { olga } from '../test/acceptance/support/docker-fixture';
import { temporaryFolder } from '../test/acceptance/support/environment';
import { succeeded } from '../test/acceptance/support/processes';
import { Product } from '../test/acceptance/support/product';
import type { Generation } from '../test/acceptance/support/programs';
import { BlobRegistry } from '../test/acceptance/support/registry';
import { until } from '../test/acceptance/support/until';
import { createTestDatabase, testSecretKey } from '../test/support/database';
import { content, imageOf, type Content } from '../test/support/images';
import { FaultyRegistry } from './faulty-registry';
import type { Measurement } from './scenario';
import { seedIndex } from './seeded-index';

const tagsPerRepository = 10;
const pushClients = 8;
const sharedImage = imageOf('the layer of all images');

/** Measures reconciles of a real registry with `size` repositories. A proxy in front of it counts the requests. */
export async function reconcileRealRegistry(generation: Generation, size: number): Promise<Measurement[]> {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'index'));
  const database = await createTestDatabase();
  const sql = new Client({ connectionString: database.url });
  // If the setup fails, the server closes this connection, which must not hide the cause.
  sql.on('error', () => undefined);
  await sql.connect();
  const registry = await BlobRegistry.prepare(generation, join(folder, 'registry'));
  const proxy = await CountingProxy.start(registry.port);
  const index = await Product.start(join(folder, 'index'), {
    DATABASE_URL: database.url,
    SECRET_KEY: testSecretKey,
  });
  try {
    await index.createAdministrator(olga.name, olga.password);
    // Without the configuration fragment the registry requires no token and sends no notifications.
    await registry.start('');
    await rate(size, pushClients, (n) => pushTags(registry.url, n));
    await registry.stop();
    const fragment = join(folder, 'part.yml');
    const options = ['--url', proxy.url, '--kind', generation, '--config', fragment];
    succeeded(await index.command(['registry', 'add', 'main', ...options]));
    await registry.start(readFileSync(fragment, 'utf8'));
    const { rows } = await sql.query<{ id: string }>(`select id from registry where name = 'main'`);
    await seedIndex(sql, rows[0]!.id, size, []);
    return await measure(new Api(index.url, olga), proxy, generation, size);
  } finally {
    await index.stop();
    await registry.stop();
    await proxy.stop();
    await sql.end();
    await database.drop();
  }
}

async function measure(
  api: Api,
  proxy: CountingProxy,
  generation: Generation,
  size: number,
): Promise<Measurement[]> {
  const timed = async (full: boolean): Promise<{ seconds: number; added: number }> => {
    proxy.requests = 0;
    const { started_at, finished_at, added, error } = await reconcile(api, full);
    if (error !== null) throw new Error(error);
    return { seconds: (Date.parse(finished_at) - Date.parse(started_at)) / 1000, added };
  };
  const first = await timed(false);
  const firstRequests = proxy.requests;
  const unchanged = await timed(false);
  let unchangedRequests = proxy.requests - proxy.catalogPages;
  // The scheduled reconcile of a new registry may run at the same time, once.
  await timed(false);
  unchangedRequests = Math.min(unchangedRequests, proxy.requests - proxy.catalogPages);
  const full = await timed(true);
  return [
    {
      label: `tags added, of ${size} repositories of ${generation} with ${tagsPerRepository} each`,
      value: first.added,
      expected: size * tagsPerRepository,
    },
    { label: '  seconds for that', value: first.seconds, max: 60 },
    { label: '  requests for that', value: firstRequests },
    { label: '  seconds if nothing changed', value: unchanged.seconds, max: 60 },
    {
      label: '  requests per unchanged repository, without the catalog',
      value: unchangedRequests / size,
      max: 1,
    },
    { label: '  seconds of a full reconcile, which requests every digest', value: full.seconds, max: 60 },
  ];
}

/** The result of a reconcile in the REST API. */
interface ReconcileView {
  readonly started_at: string;
  readonly finished_at: string;
  readonly added: number;
  readonly error: string | null;
}

async function reconcile(api: Api, full: boolean): Promise<ReconcileView> {
  const accepted = await api.send('POST', '/api/v1/admin/registries/main/reconcile', { full });
  const { id } = (await accepted.json()) as { id: string };
  return until(180_000, async () => {
    const response = await api.send('GET', `/api/v1/admin/operations/${id}`);
    const { result } = (await response.json()) as { result: ReconcileView | null };
    return result ?? undefined;
  });
}

/** Pushes all tags of repository `n`, each with an image of its own. The layer is mounted from the first repository. */
async function pushTags(url: string, n: number): Promise<void> {
  const path = FaultyRegistry.path(n);
  const send = async (method: string, target: string, type?: string, body?: Buffer): Promise<Response> => {
    const response = await fetch(new URL(target, url), {
      method,
      headers: type === undefined ? {} : { 'content-type': type },
      body: body === undefined ? undefined : new Uint8Array(body),
    });
    await response.arrayBuffer();
    if (!response.ok) throw new Error(`${method} ${target}: ${response.status}`);
    return response;
  };
  const sendBlob = async ({ digest, body }: Content, mount = ''): Promise<void> => {
    const upload = await send('POST', `/v2/${path}/blobs/uploads/${mount}`);
    if (upload.status === 201) return;
    const location = new URL(upload.headers.get('location')!, url);
    location.searchParams.set('digest', digest);
    await send('PUT', location.href, 'application/octet-stream', body);
  };
  const [config, layer] = sharedImage.blobs;
  await sendBlob(layer!, `?mount=${layer!.digest}&from=${encodeURIComponent(FaultyRegistry.path(0))}`);
  for (let tag = 0; tag < tagsPerRepository; tag += 1) {
    const settings = { ...(JSON.parse(config!.body.toString()) as object), author: `${n} ${tag}` };
    const own = content(config!.mediaType, JSON.stringify(settings));
    await sendBlob(own);
    const { mediaType, digest, body } = own;
    const manifest = {
      ...(JSON.parse(sharedImage.body.toString()) as object),
      config: { mediaType, digest, size: body.length },
    };
    const type = sharedImage.mediaType;
    await send('PUT', `/v2/${path}/manifests/v${tag}`, type, Buffer.from(JSON.stringify(manifest)));
  }
}

/** A reverse proxy that counts the requests to a registry. */
class CountingProxy {
  /** Requests received; a caller may reset it. */
  requests = 0;
  /** Those of `requests` that are for the catalog. */
  catalogPages = 0;

  private constructor(private readonly server: Server) {}

  /** Starts a proxy in front of the registry on `port`. */
  static async start(port: number): Promise<CountingProxy> {
    const server = createServer((incoming, outgoing) => {
      if (proxy.requests === 0) proxy.catalogPages = 0;
      proxy.requests += 1;
      if (incoming.url!.startsWith('/v2/_catalog')) proxy.catalogPages += 1;
      const { method, url, headers } = incoming;
      const forwarded = request({ port, host: '127.0.0.1', method, path: url, headers }, (response) => {
        outgoing.writeHead(response.statusCode!, response.headers);
        response.pipe(outgoing);
      });
      forwarded.on('error', () => outgoing.destroy());
      incoming.pipe(forwarded);
    });
    const proxy = new CountingProxy(server);
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((closed) => this.server.close(closed));
  }
}
