import { openEmbedded } from '@central-index/platform/embedded-postgres';
import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Client } from 'pg';
import { temporaryFolder } from '../test/acceptance/support/environment';
import { succeeded } from '../test/acceptance/support/processes';
import { Product } from '../test/acceptance/support/product';
import { print, quantile, runBench, timed } from './stats';

// Measures how fast two server processes accept notifications of a registry and a worker counts their pulls. They share
// the machine with PostgreSQL and this program. Requests are sent at a fixed rate without waiting for earlier responses,
// and timed from the moment when they were due. Argument: seconds of each row (10).

const seconds = Number(process.argv[2] ?? 10);
const repositories = 1_000;
const mediaType = 'application/vnd.docker.distribution.events.v1+json';
const agent = new Agent({ keepAlive: true, maxSockets: 64 });

function post(url: string, secret: string, body: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${secret}`, 'content-type': mediaType };
    const outgoing = request(url, { method: 'POST', agent, headers }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** Returns the n-th pull event, as docker clients cause them: alternately a HEAD of a tag and a GET of its digest. */
function pullEvent(n: number): object {
  const digest = `sha256:${String(n % 7).repeat(64)}`;
  const path = `busy/app${Math.floor(n / 2) % repositories}`;
  const isHead = n % 2 === 0;
  return {
    id: randomUUID(),
    timestamp: new Date().toISOString(),
    action: 'pull',
    target: {
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      digest,
      size: 500,
      repository: path,
      url: `http://localhost:24498/v2/${path}/manifests/${digest}`,
      ...(isHead ? { tag: 'latest' } : {}),
    },
    request: {
      id: randomUUID(),
      addr: `192.0.2.${Math.floor(n / 2) % 250}:40112`,
      host: 'localhost:24498',
      method: isHead ? 'HEAD' : 'GET',
      useragent: 'docker/28.2.2',
    },
    actor: {},
    source: { addr: 'registry:5000', instanceID: randomUUID() },
  };
}

/** Sends bodies at a fixed rate. Returns the milliseconds of each response, and how many were not 202. */
async function send(
  url: string,
  secret: string,
  perSecond: number,
  bodyOf: (n: number) => string,
): Promise<{ milliseconds: number[]; failed: number }> {
  const milliseconds: number[] = [];
  let failed = 0;
  const pending: Promise<void>[] = [];
  const started = performance.now();
  for (let n = 0; n < perSecond * seconds; n += 1) {
    const due = started + (n * 1000) / perSecond;
    const early = due - performance.now();
    if (early > 1) await wait(early);
    pending.push(
      post(url, secret, bodyOf(n)).then((status) => {
        milliseconds.push(performance.now() - due);
        if (status !== 202) failed += 1;
      }),
    );
  }
  await Promise.all(pending);
  return { milliseconds, failed };
}

/** Inserts the repositories that `pullEvent` names. */
async function insertRepositories(sql: Client): Promise<void> {
  await sql.query(`insert into namespace (name, origin) values ('busy', 'import')`);
  await sql.query(
    `insert into repository (namespace_id, path, name, state, registry_id, registry_path, pushed_at)
     select namespace.id, 'busy/app' || n, 'app' || n, 'active', registry.id, 'busy/app' || n, now()
       from namespace, registry, generate_series(0, ${repositories - 1}) n where namespace.name = 'busy'`,
  );
}

async function main(): Promise<void> {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'index'));
  const database = await openEmbedded({
    dataDir: join(folder, 'database'),
    create: true,
    log: () => undefined,
  });
  const index = await Product.start(join(folder, 'index'), {
    DATABASE_URL: database.url,
    SECRET_KEY: 'k7Qw2Zr9Xb4Nf6Tj1Vm8Hc3Ld5Ps0GyA',
    SERVER_PROCESSES: '2',
  });
  const fragment = join(folder, 'part.yml');
  succeeded(
    await index.command(['registry', 'add', 'main', '--url', 'http://localhost:24498', '--config', fragment]),
  );
  const secret = /Bearer (\S+)/.exec(readFileSync(fragment, 'utf8'))![1]!;
  const sql = new Client({ connectionString: database.url });
  await sql.connect();
  await insertRepositories(sql);
  const countPending = async (): Promise<number> =>
    (await sql.query(`select from registry_event where state = 'pending'`)).rowCount ?? 0;
  const url = `${index.url}/hooks/registry/main`;
  const row = async (
    name: string,
    perSecond: number,
    events: number,
    bodyOf: (n: number) => string,
  ): Promise<void> => {
    const { milliseconds, failed } = await send(url, secret, perSecond, bodyOf);
    const pending = await countPending();
    const drainMs = await timed(async () => {
      while ((await countPending()) > 0) await wait(50);
    });
    print(
      name,
      `p50 ${quantile(milliseconds, 0.5).toFixed(1)} ms, p99 ${quantile(milliseconds, 0.99).toFixed(1)} ms`,
    );
    print('  responses other than 202', String(failed));
    print('  events pending at the end, applied after', `${pending} of ${events}, ${drainMs.toFixed(0)} ms`);
  };
  const oneEvent = (n: number): string => JSON.stringify({ events: [pullEvent(n)] });
  await row('200 requests per second, one event each', 200, 200 * seconds, oneEvent);
  await row('200 requests per second, a third with invalid JSON', 200, 200 * seconds, (n) =>
    n % 3 === 0 ? `{"events":[${n}` : oneEvent(n),
  );
  await row('1,000 requests per second, one event each', 1_000, 1_000 * seconds, oneEvent);
  await row('100 requests per second, ten events each', 100, 1_000 * seconds, (n) =>
    JSON.stringify({ events: Array.from({ length: 10 }, (_, m) => pullEvent(10 * n + m)) }),
  );
  const counted = await sql.query<{ pulls: number; rows: number }>(
    'select sum(pulls)::int as pulls, count(*)::int as rows from pull_count',
  );
  print(
    'pulls counted, rows of pull_count',
    counted.rows.map(({ pulls, rows }) => `${pulls}, ${rows}`).join(),
  );
  await sql.end();
  await index.stop();
  await database.close();
}

runBench(main);
