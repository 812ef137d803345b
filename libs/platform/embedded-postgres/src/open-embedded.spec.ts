import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, test } from '@jest/globals';
import { Client } from 'pg';
import { openEmbedded, type EmbeddedDatabase, type EmbeddedOptions } from './open-embedded';
import { identify, waitForEnd } from '@central-index/platform/process';
import { itUnless } from '../../../../test/support/jest';

let dataDir: string;
beforeAll(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'open-embedded-'));
  // For root, the OS user that PostgreSQL runs as must be able to enter this folder.
  chmodSync(dataDir, 0o711);
});
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

const open = (options: Partial<EmbeddedOptions> = {}): Promise<EmbeddedDatabase> =>
  openEmbedded({ dataDir, create: true, log: () => undefined, ...options });

async function value(url: string, sql: string): Promise<unknown> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return Object.values((await client.query<Record<string, unknown>>(sql)).rows[0] ?? {})[0];
  } finally {
    await client.end();
  }
}

/** Identity of the server that runs on the data. */
function serverOf(database: EmbeddedDatabase): string {
  const pid = readFileSync(join(database.dataDir, 'data', 'postmaster.pid'), 'utf8').split('\n')[0];
  return identify(Number(pid)) ?? assert.fail('the server does not run');
}

/** Starts another process that uses the database until it is killed. */
async function startOtherClient(): Promise<{ kill(): Promise<unknown> }> {
  const script = `
    require(${JSON.stringify(join(__dirname, 'open-embedded.js'))})
      .openEmbedded({ dataDir: ${JSON.stringify(dataDir)}, create: false, log: () => undefined })
      .then(() => { process.stdout.write('open'); setInterval(() => {}, 1000); });`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return {
    kill: () => {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      return ended;
    },
  };
}

test('the database is created only with `create`', async () => {
  await assert.rejects(open({ create: false }), { code: 'NO_DATABASE', message: /npm start/ });
  assert.equal(existsSync(join(dataDir, 'database')), false);
});

test('a new database accepts connections only with its password, locally, and commits durably', async () => {
  const database = await open();
  try {
    assert.equal(database.adopted, false);
    assert.equal(await value(database.url, 'select current_database()'), 'central_index');
    assert.equal(await value(database.url, 'show synchronous_commit'), 'on');
    assert.equal(await value(database.url, 'show fsync'), 'on');
    assert.equal(await value(database.url, 'show listen_addresses'), '127.0.0.1');
    assert.equal(await value(database.url, 'show unix_socket_directories'), '');
    const other = new URL(database.url);
    other.password = 'guessed';
    await assert.rejects(value(other.href, 'select 1'), { code: '28P01' });
    assert.equal(statSync(join(database.dataDir, 'password')).mode & 0o777, 0o600);
    assert.equal(statSync(join(database.dataDir, 'data')).mode & 0o777, 0o700);
  } finally {
    await database.close();
  }
});

test('committed data is there when the database is opened again', async () => {
  const first = await open();
  await value(first.url, 'create table kept as select 42 as answer');
  await first.close();
  const second = await open({ create: false });
  assert.equal(await value(second.url, 'select answer from kept'), 42);
  await second.close();
});

test('a second process joins the running server, and the last one stops it', async () => {
  const first = await open();
  const server = serverOf(first);
  const other = await startOtherClient();
  await first.close();
  assert.equal(await waitForEnd(server, 0), false, 'stopped while another process used it');
  await other.kill();
  assert.equal(await waitForEnd(server, 10_000), true, 'left running without a client');
});

test('a killed process does not stop the server that others use', async () => {
  const other = await startOtherClient();
  const database = await open();
  const server = serverOf(database);
  try {
    assert.equal(database.adopted, true);
    await other.kill();
    // The watchdog of the killed process checks after two seconds; the server must survive that.
    assert.equal(await waitForEnd(server, 3_000), false);
    assert.equal(await value(database.url, 'select 1'), 1);
  } finally {
    await database.close();
  }
  assert.equal(await waitForEnd(server, 0), true);
});

test('a server that dies is started again with its data and port', async () => {
  const database = await open();
  try {
    const server = serverOf(database);
    await value(database.url, 'create table survived as select 7 as answer');
    process.kill(Number.parseInt(server, 10), 'SIGKILL');
    await waitForEnd(server, 5_000);
    assert.equal(database.isRunning(), false);
    assert.equal(await database.restart(), database.url);
    assert.equal(database.isRunning(), true);
    assert.equal(await value(database.url, 'select answer from survived'), 7);
  } finally {
    await database.close();
  }
});

test('a server that was asked to stop and never ends is replaced', async () => {
  const database = await open();
  const client = new Client({ connectionString: database.url });
  client.on('error', () => undefined);
  await client.connect();
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  const server = serverOf(database);
  // A suspended backend keeps the server from ending.
  process.kill(rows[0]!.pid, 'SIGSTOP');
  process.kill(Number.parseInt(server, 10), 'SIGINT');
  const pidFile = join(database.dataDir, 'data', 'postmaster.pid');
  while (!readFileSync(pidFile, 'utf8').includes('stopping')) await waitForEnd(server, 50);
  const startedAt = performance.now();
  const again = await open();
  assert.ok(performance.now() - startedAt < 15_000);
  assert.notEqual(serverOf(again), server);
  assert.equal(await value(again.url, 'select 1'), 1);
  await client.end();
  await again.close();
});

test('a stale pid file, whose pid belongs to another program by now, is replaced', async () => {
  const pidFile = `${process.pid}\n${join(dataDir, 'database', 'data')}\n1\n5432\n\n127.0.0.1\n\nready   \n`;
  writeFileSync(join(dataDir, 'database', 'data', 'postmaster.pid'), pidFile);
  const database = await open();
  assert.equal(database.adopted, false);
  await database.close();
});

test('data of another major version is rejected in one sentence and left unchanged', async () => {
  const file = join(dataDir, 'database', 'data', 'PG_VERSION');
  const version = readFileSync(file, 'utf8');
  writeFileSync(file, '12\n');
  try {
    await assert.rejects(open(), {
      code: 'OTHER_POSTGRESQL_VERSION',
      message: /created by PostgreSQL 12 .* PostgreSQL \d+/,
    });
  } finally {
    writeFileSync(file, version);
  }
});

const isRoot = process.getuid?.() === 0;
const hasNobody = spawnSync('id', ['-u', 'nobody']).status === 0;

itUnless(
  isRoot && hasNobody ? false : 'only root runs PostgreSQL as another OS user',
  'for root, data is stored outside a folder that the OS user of PostgreSQL cannot reach, and the log says so',
  async () => {
    const closed = mkdtempSync(join(tmpdir(), 'open-embedded-closed-'));
    const logged: string[] = [];
    const database = await open({ dataDir: closed, log: (message) => logged.push(message) });
    try {
      assert.equal(database.dataDir.startsWith(closed), false);
      assert.match(logged.join('\n'), new RegExp(`${closed}.*${database.dataDir}`));
      assert.equal(await value(database.url, 'select 1'), 1);
      await database.close();
      const again = await open({ dataDir: closed, create: false });
      assert.equal(again.dataDir, database.dataDir);
      await again.close();
    } finally {
      rmSync(database.dataDir, { recursive: true, force: true });
      rmSync(closed, { recursive: true, force: true });
    }
  },
);
