import assert from 'node:assert/strict';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { Client } from 'pg';
import {
  createEmptyDatabase,
  createTestDatabase,
  testSecretKey,
  type TestDatabase,
} from '../support/database';
import { eventually } from '../support/eventually';
import { freePort } from '../support/free-port';
import { itUnless } from '../support/jest';
import { ProductFixture, type CommandResult } from '../support/product';

const pgbouncer = spawnSync('pgbouncer', ['--version']).status === 0 ? false : 'pgbouncer is not installed';

describe('a database that the product cannot run on', () => {
  let cli: ProductFixture;
  let migrated: TestDatabase;
  let sql: Client;
  const role = `limited_${randomBytes(4).toString('hex')}`;

  beforeAll(async () => {
    cli = await ProductFixture.create();
    migrated = await createTestDatabase();
    sql = new Client({ connectionString: migrated.url });
    await sql.connect();
    await sql.query(`create role ${role} login password 'limited'`);
  });
  afterAll(async () => {
    await sql.query(`drop owned by ${role}; drop role ${role}`);
    await sql.end();
    await migrated.drop();
    await cli.remove();
  });

  const run = (url: string, ...args: string[]): Promise<CommandResult> =>
    cli.run(args, { DATABASE_URL: url, SECRET_KEY: testSecretKey });
  const asLimited = (url: string): string => {
    const limited = new URL(url);
    [limited.username, limited.password] = [role, 'limited'];
    return limited.href;
  };
  function assertRefused({ code, stderr }: CommandResult, sentence: RegExp): void {
    assert.equal(code, 1, stderr);
    assert.match(stderr, sentence);
    assert.equal(stderr.trim().split('\n').length, 1, stderr);
  }

  it('is refused with another encoding than UTF8, and stays empty', async () => {
    const name = `latin_${randomBytes(4).toString('hex')}`;
    await sql.query(`create database ${name} encoding 'LATIN1' template template0 locale 'C'`);
    const url = new URL(migrated.url);
    url.pathname = `/${name}`;
    try {
      for (const command of ['migrate', 'start']) {
        assertRefused(await run(url.href, command), /has the encoding LATIN1: create one with `createdb/);
      }
      const client = new Client({ connectionString: url.href });
      await client.connect();
      const { rows } = await client.query(`select 1 from pg_tables where schemaname !~ '^(pg_|information)'`);
      await client.end();
      assert.deepEqual(rows, []);
    } finally {
      await sql.query(`drop database ${name}`);
    }
  });

  it('is refused with the rights that are missing, for migrations and for use', async () => {
    const empty = await createEmptyDatabase();
    try {
      const refused = await run(asLimited(empty.url), 'migrate');
      assertRefused(
        refused,
        new RegExp(`${role} lacks rights: grant CREATE on schema public, and CREATE on`),
      );
    } finally {
      await empty.drop();
    }
    assertRefused(
      await run(asLimited(migrated.url), 'worker'),
      /lacks rights: grant USAGE on schema graphile_/,
    );
    await sql.query(`grant usage on schema graphile_worker to ${role}`);
    await sql.query(
      `grant select, insert, update, delete on all tables in schema public, graphile_worker to ${role}`,
    );
    await sql.query(`revoke delete on star from ${role}`);
    assertRefused(
      await run(asLimited(migrated.url), 'doctor'),
      /lacks rights: grant SELECT, INSERT, UPDATE and DELETE on table public\.star\n/,
    );
  });

  it('is refused by worker and server with another SECRET_KEY', async () => {
    for (const command of ['worker', 'server']) {
      const other = { DATABASE_URL: migrated.url, SECRET_KEY: testSecretKey.replace('k7', 'm8') };
      assertRefused(await cli.run([command], other), /SECRET_KEY/);
      // The process itself as well, which may be run by another supervisor with a key of its own.
      const program = join(__dirname, '..', '..', 'apps', command, 'src', 'main.js');
      const env = { PATH: process.env.PATH, PORT: String(await freePort()), LOG_LEVEL: 'info', ...other };
      const { status, stdout, stderr } = spawnSync(process.execPath, [program], {
        env,
        encoding: 'utf8',
        timeout: 60_000,
      });
      assert.equal(status, 1);
      assert.match(stderr, /^[^\n]*SECRET_KEY[^\n]*\n$/);
      assert.doesNotMatch(stdout, /running jobs|ready/);
    }
  });

  itUnless(pgbouncer, 'is refused behind a pooler in transaction mode', async () => {
    const pooler = await Pooler.start(migrated.url, 'transaction');
    try {
      for (const command of ['migrate', 'start', 'worker', 'doctor']) {
        assertRefused(await run(pooler.url, command), /leads to a pooler in transaction mode/);
      }
    } finally {
      pooler.stop();
    }
  });
});

/** A pgbouncer in front of a database. */
class Pooler {
  private constructor(
    readonly url: string,
    private readonly folder: string,
    private readonly child: ChildProcess,
  ) {}

  static async start(databaseUrl: string, mode: string): Promise<Pooler> {
    const folder = mkdtempSync(join(tmpdir(), 'pooler-'));
    const database = new URL(databaseUrl);
    const port = await freePort();
    const name = database.pathname.slice(1);
    const password = decodeURIComponent(database.password);
    const target = `host=${database.hostname} port=${database.port} password=${password}`;
    const settings = `[databases]\n${name} = ${target}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = ${port}
pool_mode = ${mode}\nauth_type = trust\nauth_file = ${folder}/users\nunix_socket_dir =\n`;
    writeFileSync(join(folder, 'users'), `"${database.username}" "${password}"\n`);
    writeFileSync(join(folder, 'pgbouncer.ini'), settings);
    chmodSync(folder, 0o755);
    // It refuses to run as root.
    const user = process.getuid?.() === 0 ? ['-u', 'nobody'] : [];
    const child = spawn('pgbouncer', [...user, join(folder, 'pgbouncer.ini')], { stdio: 'ignore' });
    const url = new URL(databaseUrl);
    [url.hostname, url.port] = ['127.0.0.1', String(port)];
    const pooler = new Pooler(url.href, folder, child);
    await eventually(async () => {
      const client = new Client({ connectionString: url.href });
      await client.connect();
      await client.end();
    }, 20_000);
    return pooler;
  }

  stop(): void {
    this.child.kill('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }
}
