import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { temporaryFolder } from '../test/acceptance/support/environment';
import { succeeded } from '../test/acceptance/support/processes';
import { Product } from '../test/acceptance/support/product';
import { measureBaseline, type BaselineResult } from './baseline';
import { print, processorTime, runBench } from './stats';
import { countStatements, openCountingDatabase } from './tokens/counting-database';
import { measureDockerAuth } from './tokens/docker-auth';
import { password, populate, size } from './tokens/population';
import { runWrk, type LoadRequest } from './tokens/wrk';

// Measures how many tokens per second two server processes issue, compared with two baseline processes that only sign.
// Servers, PostgreSQL and wrk share the machine. Arguments: seconds of each row (10), and parts of the names of the rows
// to measure (all).

const [seconds = '10', ...only] = process.argv.slice(2);
const publicNames = 10_000;
const signedIn = 1_000;
const row = { seconds: Number(seconds) };
const isSelected = (name: string): boolean => only.length === 0 || only.some((part) => name.includes(part));

const tokenPath = (person: number, app: number, actions = 'pull'): string =>
  `/token?scope=repository%3Aperson${person}%2Fapp${app}%3A${actions}&service=main`;
const pushPath = (person: number, app: number): string => tokenPath(person, app, 'pull%2Cpush');
const basic = (person: number, secret: string): string =>
  `Basic ${Buffer.from(`person${person}:${secret}`).toString('base64')}`;

/** Draws numbers from 1 to `names`, by Zipf's law: n is drawn 1/n times as often as 1. */
function zipf(names: number, draws: number): number[] {
  const sums: number[] = [];
  for (let n = 1; n <= names; n += 1) sums.push((sums.at(-1) ?? 0) + 1 / n);
  return Array.from({ length: draws }, () => {
    const at = Math.random() * sums.at(-1)!;
    let [low, high] = [0, names - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sums[middle]! < at) low = middle + 1;
      else high = middle;
    }
    return low + 1;
  });
}

/** The rows under load. `aim` is the rate that is aimed at, as a share of the baseline's. */
function loadRows(tokens: readonly string[]): [name: string, requests: LoadRequest[], aim: string][] {
  const accounts = range(1, signedIn);
  return [
    ['anonymous, one hot name', [{ path: tokenPath(1, 1) }], '1.2'],
    [
      `anonymous, ${publicNames} names, zipf`,
      zipf(publicNames, 200_000).map((n) => ({ path: tokenPath(n, 1) })),
      '0.5',
    ],
    [
      `access tokens of ${signedIn} accounts`,
      accounts.map((n) => ({ path: tokenPath(n, 2), authorization: basic(n, tokens[n - 1]!) })),
      '0.35',
    ],
    [
      `passwords of ${signedIn} accounts, verified within the minute`,
      accounts.map((n) => ({ path: tokenPath(n, 3), authorization: basic(n, password) })),
      '0.35',
    ],
    [
      `push with access tokens of ${signedIn} accounts`,
      accounts.map((n) => ({ path: pushPath(n, 2), authorization: basic(n, tokens[n - 1]!) })),
      '0.35',
    ],
    [
      `push with passwords of ${signedIn} accounts, verified within the minute`,
      accounts.map((n) => ({ path: pushPath(n, 3), authorization: basic(n, password) })),
      '0.35',
    ],
    [
      `anonymous push that is refused, ${publicNames} names, zipf`,
      zipf(publicNames, 200_000).map((n) => ({ path: pushPath(n, 1) })),
      '0.5',
    ],
  ];
}

/** Requests that no cache can serve: each is for another name or from another account. */
function uncachedRows(tokens: readonly string[]): [name: string, requests: LoadRequest[]][] {
  return [
    ['anonymous pull of a new name', range(20_001, 500).map((n) => ({ path: tokenPath(n, 1) }))],
    [
      'pull with a new access token',
      range(501, 500).map((n) => ({ path: tokenPath(n, 2), authorization: basic(n, tokens[n - 1]!) })),
    ],
  ];
}

async function measureBaselines(folder: string): Promise<BaselineResult> {
  const signer = await measureBaseline('sign', folder, row.seconds);
  print(
    'baseline that signs: tokens per second, p99 ms',
    `${signer.perSecond.toFixed(0)}, ${signer.p99.toFixed(1)}`,
  );
  const constant = await measureBaseline('constant', folder, row.seconds);
  print('baseline that sends a constant: responses per second', constant.perSecond.toFixed(0));
  print(
    'processor time per response, signing and constant',
    `${signer.cpu.toFixed(0)} µs, ${constant.cpu.toFixed(0)} µs`,
  );
  return signer;
}

/** Repeats a row until both processes have served each account; with passwords, each costs a process one hash. */
async function warmUp(
  index: Product,
  client: Client,
  folder: string,
  name: string,
  requests: readonly LoadRequest[],
): Promise<void> {
  for (let perRequest = Infinity, attempt = 0; perRequest > 0.02 && attempt < 8; attempt += 1) {
    const statements = await countStatements(client);
    const { perSecond } = await runWrk(index.url, folder, requests, { seconds: 5 });
    perRequest = ((await countStatements(client)) - statements) / (perSecond * 5);
    if (name.startsWith('anonymous')) break;
  }
}

async function main(): Promise<void> {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'index'));
  const database = await openCountingDatabase(join(folder, 'database'));
  const index = await Product.start(join(folder, 'index'), {
    DATABASE_URL: database.url,
    SECRET_KEY: 'k7Qw2Zr9Xb4Nf6Tj1Vm8Hc3Ld5Ps0GyA',
    SERVER_PROCESSES: '2',
    // All requests come from one address, which would exceed its limit.
    RATE_LIMITS: 'off',
  });
  succeeded(await index.command(['registry', 'add', 'main', '--url', 'http://localhost:24199']));
  const client = new Client({ connectionString: database.url });
  await client.connect();
  await client.query('create extension if not exists pg_stat_statements');
  const tokens = await populate(client);
  print('accounts, repositories', `${size.accounts}, ${size.repositories}`);
  const signer = await measureBaselines(folder);
  const peer = await measureDockerAuth(folder, signedIn, row.seconds);
  if (peer !== undefined) {
    const rate = `${peer.perSecond.toFixed(0)}, p99 ${peer.p99.toFixed(1)} ms`;
    print('docker_auth, push with passwords (bcrypt, cost 5): tokens per second', rate);
  }

  for (const [name, requests, aim] of loadRows(tokens).filter(([rowName]) => isSelected(rowName))) {
    await warmUp(index, client, folder, name, requests);
    const statements = await countStatements(client);
    const cpuBefore = processorTime(index.processes('server'));
    const { perSecond, p99, failed } = await runWrk(index.url, folder, requests, row);
    if (failed > 0) throw new Error(`${name}: ${failed} requests failed, so the rate is not one of tokens`);
    const cpu = (processorTime(index.processes('server')) - cpuBefore) / (perSecond * row.seconds);
    const queries = ((await countStatements(client)) - statements) / (perSecond * row.seconds);
    // 32 connections keep both processes busy, so that their p99 is mostly the time in queues.
    const few = await runWrk(index.url, folder, requests, { ...row, connections: 4 });
    print(
      `${name}: tokens per second`,
      `${perSecond.toFixed(0)}, p99 ${p99.toFixed(1)} ms; on 4 connections ${few.perSecond.toFixed(0)}, p99 ${few.p99.toFixed(1)} ms`,
    );
    print(
      '  relative to the signing baseline',
      `${(perSecond / signer.perSecond).toFixed(2)} (aim >= ${aim})`,
    );
    if (peer !== undefined) {
      print('  relative to docker_auth, push with passwords', (perSecond / peer.perSecond).toFixed(2));
    }
    print('  database queries per request', queries.toFixed(3));
    print(
      '  processor time of the servers per request',
      `${cpu.toFixed(0)} µs, ratio ${(signer.cpu / cpu).toFixed(2)}`,
    );
  }
  // Empties the caches of repositories in both processes.
  await client.query(`notify central_index_change, 'repository:'`);
  for (const [name, requests] of uncachedRows(tokens).filter(([rowName]) => isSelected(rowName))) {
    const statements = await countStatements(client);
    for (const { path, authorization } of requests) {
      const response = await fetch(`${index.url}${path}`, {
        headers: authorization ? { authorization } : {},
      });
      if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    }
    const queries = ((await countStatements(client)) - statements) / requests.length;
    print(`${name}: database queries`, queries.toFixed(2));
  }
  await client.end();
  await index.stop();
  await database.close();
}

const range = (from: number, count: number): number[] => Array.from({ length: count }, (_, n) => from + n);

runBench(main);
