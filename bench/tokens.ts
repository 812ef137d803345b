import { openEmbedded } from '@central-index/platform/embedded-postgres';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { temporaryFolder } from '../test/acceptance/support/environment';
import { succeeded } from '../test/acceptance/support/processes';
import { Product } from '../test/acceptance/support/product';
import { bare } from './baseline';
import { print, processorTime, runBench } from './stats';
import { password, populate, size } from './tokens/population';
import { load, type Asked } from './tokens/wrk';

// How many tokens a second two server processes give, beside two bare Node processes that only sign. Everything shares
// the machine: the servers, PostgreSQL and wrk. Arguments: seconds a row (10), and parts of names of rows (all).

const [seconds = '10', ...only] = process.argv.slice(2);
const publicNames = 10_000;
const signedIn = 1_000;
const row = { seconds: Number(seconds) };
const wanted = (name: string): boolean => only.length === 0 || only.some((part) => name.includes(part));

const ask = (person: number, app: number): string =>
  `/token?scope=repository%3Aperson${person}%2Fapp${app}%3Apull&service=main`;
const basic = (person: number, secret: string): string =>
  `Basic ${Buffer.from(`person${person}:${secret}`).toString('base64')}`;

/** Names drawn so that the n-th most asked one is asked 1/n times as often as the first. */
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

/** Opens the database of a folder with statement counting on. */
async function countedDatabase(folder: string) {
  const options = { dataDir: folder, create: true, log: () => undefined };
  const fresh = await openEmbedded(options);
  const client = new Client({ connectionString: fresh.url });
  await client.connect();
  await client.query(`alter system set shared_preload_libraries = 'pg_stat_statements'`);
  await client.end();
  await fresh.close();
  return openEmbedded(options);
}

async function main(): Promise<void> {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'index'));
  const database = await countedDatabase(join(folder, 'database'));
  const index = await Product.start(join(folder, 'index'), {
    DATABASE_URL: database.url,
    SECRET_KEY: 'k7Qw2Zr9Xb4Nf6Tj1Vm8Hc3Ld5Ps0GyA',
    SERVER_PROCESSES: '2',
    // All requests come from one address, which would soon have asked too often.
    RATE_LIMITS: 'off',
  });
  succeeded(await index.command(['registry', 'add', 'main', '--url', 'http://localhost:24199']));
  const client = new Client({ connectionString: database.url });
  await client.connect();
  await client.query('create extension if not exists pg_stat_statements');
  const tokens = await populate(client);
  print('accounts, repositories', `${size.people}, ${size.repositories}`);

  const signer = await bare('sign', folder, row.seconds);
  print(
    'bare signing server: tokens a second, p99 ms',
    `${signer.perSecond.toFixed(0)}, ${signer.p99.toFixed(1)}`,
  );
  const constant = await bare('constant', folder, row.seconds);
  print('bare constant server: answers a second', constant.perSecond.toFixed(0));
  print(
    'processor time an answer, signing and constant',
    `${signer.cpu.toFixed(0)} µs, ${constant.cpu.toFixed(0)} µs`,
  );

  const everybody = Array.from({ length: signedIn }, (_, n) => n + 1);
  const rows: [name: string, asked: Asked[], aim: string][] = [
    ['anonymous, one hot name', [{ path: ask(1, 1) }], '1.2'],
    [
      `anonymous, ${publicNames} names, zipf`,
      zipf(publicNames, 200_000).map((n) => ({ path: ask(n, 1) })),
      '0.5',
    ],
    [
      `access tokens of ${signedIn} accounts`,
      everybody.map((n) => ({ path: ask(n, 2), authorization: basic(n, tokens[n - 1]!) })),
      '0.35',
    ],
    [
      `passwords of ${signedIn} accounts, verified within the minute`,
      everybody.map((n) => ({ path: ask(n, 3), authorization: basic(n, password) })),
      '0.35',
    ],
  ];
  const statements = async (): Promise<number> => {
    const { rows: counted } = await client.query<{ calls: string }>(
      `select coalesce(sum(calls), 0) as calls from pg_stat_statements
        where query ilike '%repository%' or query ilike '%account%' or query ilike '%"registry"%'
           or query ilike '%signing_key%' or query ilike '%setting%'`,
    );
    return Number(counted[0]!.calls);
  };
  for (const [name, asked, aim] of rows.filter(([rowName]) => wanted(rowName))) {
    // Both processes see everybody once; for passwords that is a hash each.
    for (let before = Infinity, again = 0; before > 0.02 && again < 8; again += 1) {
      const queries = await statements();
      const { perSecond } = await load(index.url, folder, asked, { seconds: 5 });
      before = ((await statements()) - queries) / (perSecond * 5);
      if (name.startsWith('anonymous')) break;
    }
    const queries = await statements();
    const used = processorTime(index.processes('server'));
    const { perSecond, p99, failed } = await load(index.url, folder, asked, row);
    if (failed > 0) throw new Error(`${name}: ${failed} requests were refused, which is no figure of tokens`);
    const cpu = (processorTime(index.processes('server')) - used) / (perSecond * row.seconds);
    const each = ((await statements()) - queries) / (perSecond * row.seconds);
    print(`${name}: tokens a second`, `${perSecond.toFixed(0)}, p99 ${p99.toFixed(1)} ms`);
    print('  of the bare signing server', `${(perSecond / signer.perSecond).toFixed(2)} (aim >= ${aim})`);
    print('  database queries a request', each.toFixed(3));
    print('  processor time of the servers', `${cpu.toFixed(0)} µs, ratio ${(signer.cpu / cpu).toFixed(2)}`);
  }
  // What nobody remembers: each request asks for another name, or comes with another account.
  const cold: [name: string, asked: Asked[]][] = [
    ['anonymous pull of a name not asked before', range(20_001, 500).map((n) => ({ path: ask(n, 1) }))],
    [
      'pull with an access token not seen before',
      range(1, 500).map((n) => ({ path: ask(n + 500, 2), authorization: basic(n + 500, tokens[n + 499]!) })),
    ],
  ];
  await client.query(`notify central_index_change, 'repository:'`);
  for (const [name, asked] of cold.filter(([rowName]) => wanted(rowName))) {
    const queries = await statements();
    for (const { path, authorization } of asked) {
      const answer = await fetch(`${index.url}${path}`, { headers: authorization ? { authorization } : {} });
      if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    }
    print(`${name}: database queries`, (((await statements()) - queries) / asked.length).toFixed(2));
  }
  await client.end();
  await index.stop();
  await database.close();
}

const range = (from: number, count: number): number[] => Array.from({ length: count }, (_, n) => from + n);

runBench(main);
