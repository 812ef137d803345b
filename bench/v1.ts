import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { temporaryFolder } from '../test/acceptance/support/environment';
import { succeeded } from '../test/acceptance/support/processes';
import { Product } from '../test/acceptance/support/product';
import { measureBaseline } from './baseline';
import { print, quantile, runBench, timed } from './stats';
import { countStatements, openCountingDatabase } from './tokens/counting-database';
import { populate, size } from './tokens/population';
import { runWrk } from './tokens/wrk';

// Measures how many v1 tokens per second two server processes validate for a v1 registry (`GET …/images` with a token),
// and how many pushes begin (the first PUT), compared with two baseline processes that only sign. Servers, PostgreSQL and
// the clients share the machine. Argument: seconds of each row (10).

const [seconds = '10'] = process.argv.slice(2);
const row = { seconds: Number(seconds) };
const pushers = 200;
const clients = 32;
const imageIds = Array.from({ length: 10 }, (_, n) => n.toString(16).padStart(64, '0'));
const images = JSON.stringify(imageIds.map((id) => ({ id })));

/** A push that a person begins, with an access token. */
interface Push {
  readonly path: string;
  readonly authorization: string;
}

async function begin(url: string, { path, authorization }: Push): Promise<Response> {
  const headers = { authorization, 'content-type': 'application/json', 'x-docker-token': 'true' };
  const response = await fetch(`${url}${path}`, { method: 'PUT', headers, body: images });
  if (response.status !== 200) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  await response.arrayBuffer();
  return response;
}

/** Begins pushes with 32 clients for the time of a row, one after another in each. */
async function measurePushes(url: string, pushes: readonly Push[]): Promise<void> {
  const latencies: number[] = [];
  const end = performance.now() + row.seconds * 1000;
  let next = 0;
  const client = async (): Promise<void> => {
    while (performance.now() < end) {
      const push = pushes[next++ % pushes.length]!;
      latencies.push(await timed(() => begin(url, push)));
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  const [p50, p99] = [quantile(latencies, 0.5), quantile(latencies, 0.99)];
  print('first PUT of a push: per second', (latencies.length / row.seconds).toFixed(0));
  print('  p50, p99', `${p50.toFixed(1)} ms, ${p99.toFixed(1)} ms`);
}

async function main(): Promise<void> {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'index'));
  const database = await openCountingDatabase(join(folder, 'database'));
  const index = await Product.start(join(folder, 'index'), {
    DATABASE_URL: database.url,
    SECRET_KEY: 'k7Qw2Zr9Xb4Nf6Tj1Vm8Hc3Ld5Ps0GyA',
    SERVER_PROCESSES: '2',
    RATE_LIMITS: 'off',
  });
  succeeded(
    await index.command(['registry', 'add', 'classic', '--kind', 'v1', '--url', 'http://localhost:24199']),
  );
  const client = new Client({ connectionString: database.url });
  await client.connect();
  await client.query('create extension if not exists pg_stat_statements');
  const secrets = (await populate(client)).slice(0, pushers);
  print('accounts, repositories', `${size.accounts}, ${size.repositories}`);
  const signer = await measureBaseline('sign', folder, row.seconds);
  print(
    'baseline that signs: per second, p99',
    `${signer.perSecond.toFixed(0)}, ${signer.p99.toFixed(1)} ms`,
  );

  const pushes = secrets.map((secret, n) => ({
    path: `/v1/repositories/person${n + 1}/app1/`,
    authorization: `Basic ${Buffer.from(`person${n + 1}:${secret}`).toString('base64')}`,
  }));
  const tokens: string[] = [];
  for (const push of pushes) tokens.push((await begin(index.url, push)).headers.get('x-docker-token')!);
  await measurePushes(index.url, pushes);

  const validations = tokens.map((token, n) => ({
    path: `/v1/repositories/person${n + 1}/app1/images`,
    authorization: `Token ${token}`,
  }));
  await runWrk(index.url, folder, validations, { seconds: 3 });
  // What the worker and housekeeping send in the same time.
  const before = await countStatements(client);
  await pause(row.seconds * 1000);
  const idle = (await countStatements(client)) - before;
  const statements = await countStatements(client);
  const { perSecond, p50, p99, failed } = await runWrk(index.url, folder, validations, row);
  if (failed > 0) throw new Error(`${failed} validations failed`);
  const queries = ((await countStatements(client)) - statements - idle) / (perSecond * row.seconds);
  print('validation of a token: per second', perSecond.toFixed(0));
  print('  p50, p99', `${p50.toFixed(1)} ms, ${p99.toFixed(1)} ms`);
  print('  relative to the signing baseline', (perSecond / signer.perSecond).toFixed(2));
  print('  database queries per validation (at most 2)', queries.toFixed(2));
  await client.end();
  await index.stop();
  await database.close();
}

runBench(main);
