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

// How fast reports of a registry are taken in and pulls are counted, by two server processes and a worker, which share
// the machine with PostgreSQL and with this program. Requests are sent on time whether earlier ones were answered or
// not, and timed from when they were due. Argument: seconds a row (10).

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

/** As a docker client pulls: it looks at a tag, then gets a digest. Every second one is such a GET. */
function pullEvent(n: number): object {
  const digest = `sha256:${String(n % 7).repeat(64)}`;
  const path = `busy/app${Math.floor(n / 2) % repositories}`;
  const isLook = n % 2 === 0;
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
      ...(isLook ? { tag: 'latest' } : {}),
    },
    request: {
      id: randomUUID(),
      addr: `192.0.2.${Math.floor(n / 2) % 250}:40112`,
      host: 'localhost:24498',
      method: isLook ? 'HEAD' : 'GET',
      useragent: 'docker/28.2.2',
    },
    actor: {},
    source: { addr: 'registry:5000', instanceID: randomUUID() },
  };
}

/** Sends `perSecond` bodies a second and gives the milliseconds that each took, from when it was due. */
async function send(
  url: string,
  secret: string,
  perSecond: number,
  bodyOf: (n: number) => string,
): Promise<{ took: number[]; failed: number }> {
  const took: number[] = [];
  let failed = 0;
  const under: Promise<void>[] = [];
  const begun = performance.now();
  for (let n = 0; n < perSecond * seconds; n += 1) {
    const due = begun + (n * 1000) / perSecond;
    const early = due - performance.now();
    if (early > 1) await wait(early);
    under.push(
      post(url, secret, bodyOf(n)).then((status) => {
        took.push(performance.now() - due);
        if (status !== 202) failed += 1;
      }),
    );
  }
  await Promise.all(under);
  return { took, failed };
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
  const part = join(folder, 'part.yml');
  succeeded(
    await index.command(['registry', 'add', 'main', '--url', 'http://localhost:24498', '--config', part]),
  );
  const secret = /Bearer (\S+)/.exec(readFileSync(part, 'utf8'))![1]!;
  const sql = new Client({ connectionString: database.url });
  await sql.connect();
  await sql.query(`insert into namespace (name, origin) values ('busy', 'import')`);
  await sql.query(
    `insert into repository (namespace_id, path, name, state, registry_id, registry_path, pushed_at)
     select namespace.id, 'busy/app' || n, 'app' || n, 'active', registry.id, 'busy/app' || n, now()
       from namespace, registry, generate_series(0, ${repositories - 1}) n where namespace.name = 'busy'`,
  );
  const waiting = async (): Promise<number> =>
    (await sql.query(`select from registry_event where state = 'pending'`)).rowCount ?? 0;
  const url = `${index.url}/hooks/registry/main`;
  const row = async (
    name: string,
    perSecond: number,
    events: number,
    bodyOf: (n: number) => string,
  ): Promise<void> => {
    const { took, failed } = await send(url, secret, perSecond, bodyOf);
    const behind = await waiting();
    const rest = await timed(async () => {
      while ((await waiting()) > 0) await wait(50);
    });
    print(name, `p50 ${quantile(took, 0.5).toFixed(1)} ms, p99 ${quantile(took, 0.99).toFixed(1)} ms`);
    print('  not answered 202', String(failed));
    print('  events not applied at the end, applied after', `${behind} of ${events}, ${rest.toFixed(0)} ms`);
  };
  const one = (n: number): string => JSON.stringify({ events: [pullEvent(n)] });
  await row('200 requests a second, one event each', 200, 200 * seconds, one);
  await row('200 requests a second, a third unreadable', 200, 200 * seconds, (n) =>
    n % 3 === 0 ? `{"events":[${n}` : one(n),
  );
  await row('1,000 requests a second, one event each', 1_000, 1_000 * seconds, one);
  await row('100 requests a second, ten events each', 100, 1_000 * seconds, (n) =>
    JSON.stringify({ events: Array.from({ length: 10 }, (_, m) => pullEvent(10 * n + m)) }),
  );
  const counted = await sql.query<{ pulls: number; rows: number }>(
    'select sum(pulls)::int as pulls, count(*)::int as rows from pull_count',
  );
  print('pulls counted, in rows', counted.rows.map(({ pulls, rows }) => `${pulls}, ${rows}`).join());
  await sql.end();
  await index.stop();
  await database.close();
}

runBench(main);
