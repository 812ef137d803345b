import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, it } from '@jest/globals';
import { migrate } from '@central-index/platform/database';
import { Client } from 'pg';
import { migrations } from '../../migrations';
import { readContents, type Contents } from '../migrations/contents';
import {
  createEmptyDatabase,
  createTestDatabase,
  testSecretKey,
  type TestDatabase,
} from '../support/database';
import { eventually } from '../support/eventually';
import { IndexUnderTest } from '../support/index-under-test';
import { grantedAccess, register } from '../support/token-fixtures';

const program = join(__dirname, '..', '..', 'apps', 'cli', 'src', 'main.js');

describe('database copy', () => {
  let source: TestDatabase;
  let target: TestDatabase;
  let before: Contents;

  // An index that was used and stopped: its database does not change any more.
  beforeAll(async () => {
    source = await createTestDatabase();
    const index = await IndexUnderTest.start({}, source);
    const alice = await index.signUp('alice');
    await register(index, { name: 'reg', url: 'http://localhost:23391' });
    await alice.post('/api/v1/namespaces/alice/repositories', { name: 'app', description: 'Grüße, 世界 👋' });
    assert.equal(await grantedAccess(alice, 'reg', 'repository:alice/app:push'), 'alice/app push');
    await index.stop();
    before = await contentsOf(source.url);
  });
  afterAll(() => source.drop());
  beforeEach(async () => {
    target = await createEmptyDatabase();
  });
  afterEach(() => target.drop());

  async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
    const client = new Client({ connectionString: url });
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  }
  const contentsOf = (url: string): Promise<Contents> => withClient(url, readContents);
  const start = (): ChildProcess =>
    spawn(process.execPath, [program, 'database', 'copy', '--to', target.url, '--json'], {
      env: { PATH: process.env.PATH, DATABASE_URL: source.url, SECRET_KEY: testSecretKey },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  async function copy(): Promise<{ code: number; stdout: string; stderr: string }> {
    const child = start();
    let [stdout, stderr] = ['', ''];
    child.stdout!.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr!.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number];
    return { code, stdout, stderr };
  }
  const refusal = async (): Promise<{ code: string; message: string }> => {
    const { code, stdout, stderr } = await copy();
    assert.deepEqual([code, stdout], [1, '']);
    return (JSON.parse(stderr) as { errors: { code: string; message: string }[] }).errors[0]!;
  };

  it('brings every row, every sequence and the jobs, and the index runs on the copy', async () => {
    const { code, stdout, stderr } = await copy();
    assert.deepEqual([code, stderr], [0, '']);
    const result = JSON.parse(stdout);
    assert.equal(result.was_in_use, false);
    const tables = result.tables as { name: string; rows: number; checksum: string }[];
    const rows = Object.fromEntries(tables.map((table) => [table.name, table.rows]));
    assert.deepEqual([rows['public.account'], rows['public.repository']], [1, 1]);
    assert.ok('graphile_worker._private_jobs' in rows);
    assert.deepEqual(await contentsOf(target.url), before);

    const index = await IndexUnderTest.start({}, target);
    const alice = index.anonymous.basic('alice', 'a long password of alice');
    assert.equal(await grantedAccess(alice, 'reg', 'repository:alice/app:push'), 'alice/app push');
    await index.signUp('bob');
    // Triggers work again: the append-only table refuses, and search follows a change.
    await withClient(target.url, (client) =>
      assert.rejects(client.query('delete from audit_event'), /append-only/),
    );
    await index.stop();
  });

  it('refuses a target that has data, and leaves it as it is', async () => {
    assert.equal((await copy()).code, 0);
    const filled = await contentsOf(target.url);
    const { code, message } = await refusal();
    assert.equal(code, 'TARGET_NOT_EMPTY');
    assert.match(message, /^the target is not empty: it has rows in \S+; create a new database/);
    assert.deepEqual(await contentsOf(target.url), filled);
  });

  it('refuses a target that belongs to another application, or cannot be reached', async () => {
    await withClient(target.url, (client) => client.query('create table notes (text text)'));
    assert.match((await refusal()).message, /it has the table public\.notes/);
    await target.drop();
    const { code, message } = await refusal();
    assert.deepEqual(
      [code, /cannot be reached: database "\w+" does not exist/.test(message)],
      ['TARGET_UNREACHABLE', true],
    );
  });

  it('holds what was committed when it began', async () => {
    await withClient(source.url, async (client) => {
      await client.query('begin');
      await client.query(`insert into setting (key, value) values ('late', 'x')`);
      try {
        assert.equal((await copy()).code, 0);
        assert.deepEqual(await contentsOf(target.url), before);
      } finally {
        await client.query('rollback');
      }
    });
  });

  /** Lets the copy of the setting table wait for an advisory lock, or fail, on the migrated target. */
  const obstruct = async (body: string): Promise<Contents> => {
    await migrate(target.url, migrations);
    const empty = await contentsOf(target.url);
    await withClient(target.url, (client) =>
      client.query(`
        create function obstruct() returns boolean language plpgsql as $$ begin ${body} return true; end $$;
        alter table setting add constraint obstruction check (obstruct())`),
    );
    return empty;
  };
  const clear = (): Promise<unknown> =>
    withClient(target.url, (client) =>
      client.query('alter table setting drop constraint obstruction; drop function obstruct()'),
    );

  it('leaves nothing behind when it is killed, and can be run again', async () => {
    const empty = await obstruct('perform pg_advisory_xact_lock(77);');
    await withClient(target.url, async (holder) => {
      await holder.query('select pg_advisory_lock(77)');
      const child = start();
      const waits = `select from pg_stat_activity where application_name = 'central-index-copy'
        and datname = current_database() and wait_event_type = 'Lock'`;
      await eventually(async () => assert.equal((await holder.query(waits)).rowCount, 1), 60_000);
      child.kill('SIGKILL');
      await once(child, 'exit');
      const sessions = `select from pg_stat_activity where application_name = 'central-index-copy'
        and datname = current_database()`;
      await holder.query('select pg_advisory_unlock(77)');
      await eventually(async () => assert.equal((await holder.query(sessions)).rowCount, 0), 60_000);
    });
    await clear();
    assert.deepEqual(await contentsOf(target.url), empty);
    assert.equal((await copy()).code, 0);
    assert.deepEqual(await contentsOf(target.url), before);
  });

  it('leaves nothing behind when it fails', async () => {
    const empty = await obstruct(`raise exception 'full' using errcode = '53100';`);
    const { message } = await refusal();
    assert.match(message, /full|disk/i);
    await clear();
    assert.deepEqual(await contentsOf(target.url), empty);
  });
});
