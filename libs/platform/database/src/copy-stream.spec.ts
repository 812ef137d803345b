import assert from 'node:assert/strict';
import type { Writable } from 'node:stream';
import { afterAll, afterEach, beforeAll, beforeEach, describe, it } from '@jest/globals';
import { Client } from 'pg';
import { createEmptyDatabase, type TestDatabase } from '../../../../test/support/database';
import { inOrderOfReferences } from './copy-database';
import { pipeCopy } from './copy-stream';

describe('a copy between two connections', () => {
  let database: TestDatabase;
  let from: Client;
  let to: Client;
  beforeAll(async () => {
    database = await createEmptyDatabase();
    const client = await connect();
    await client.query('create table target (id integer primary key, text text not null)');
    await client.end();
  });
  afterAll(() => database.drop());
  beforeEach(async () => {
    [from, to] = [await connect(), await connect()];
    await to.query('truncate target');
  });
  afterEach(() => Promise.all([from.end(), to.end()]));

  async function connect(): Promise<Client> {
    const client = new Client({ connectionString: database.url });
    await client.connect();
    return client;
  }
  const copy = (select: string, progress: (bytes: number) => void = () => undefined): Promise<void> =>
    pipeCopy(
      { client: from, statement: `copy (${select}) to stdout with (format binary)` },
      { client: to, statement: 'copy target from stdin with (format binary)' },
      progress,
    );
  const series = (value: string): string => `select g, ${value} from generate_series(1, 50000) as g`;

  it('brings every row, more than buffers hold', async () => {
    let bytes = 0;
    let listeners = 0;
    const { stream } = (to as unknown as { connection: { stream: Writable } }).connection;
    await copy(series(`repeat('é', 500) || g`), (chunk) => {
      bytes += chunk;
      listeners = Math.max(listeners, stream.listenerCount('drain'));
    });
    assert.ok(listeners <= 2, `${listeners} listeners`);
    assert.ok(bytes > 50_000_000, `${bytes}`);
    const { rows } = await to.query(
      `select count(*)::integer as rows, count(*) filter (where text = repeat('é', 500) || id)::integer as same from target`,
    );
    assert.deepEqual(rows, [{ rows: 50_000, same: 50_000 }]);
    await copy('select 60001, null where false');
    assert.equal((await from.query('select 1 as one')).rows[0].one, 1, 'both connections stay usable');
  });

  it('fails as the target fails, with the source in full flow', async () => {
    const select = series(`repeat('x', 500)`).replace('g,', 'case g when 20000 then 1 else g end,');
    await assert.rejects(copy(select), { code: '23505' });
    assert.equal((await to.query('select from target')).rowCount, 0);
  });

  it('fails as the source fails', async () => {
    await assert.rejects(copy(series(`(1 / (g - 20000))::text`)), { code: '22012' });
    await assert.rejects(copy('select nothing'), { code: '42703' });
    assert.equal((await to.query('select from target')).rowCount, 0);
  });

  it('fails when a connection is lost', async () => {
    from.on('error', () => undefined);
    to.on('error', () => undefined);
    const { rows } = await to.query<{ pid: number }>('select pg_backend_pid() as pid');
    const killer = await connect();
    let killed: Promise<unknown> | undefined;
    const copying = copy(series(`repeat('x', 2000)`), () => {
      killed ??= killer.query('select pg_terminate_backend($1)', [rows[0]!.pid]);
    });
    await assert.rejects(copying);
    await killed;
    await killer.end();
  });
});

describe('the order of tables', () => {
  const tables = ['a', 'b', 'c', 'd'].map((name) => ({ name, columns: ['id'], bytes: 0 }));
  const order = (...references: [string, string][]): string =>
    inOrderOfReferences(
      tables,
      references.map(([name, referenced]) => ({ name, referenced })),
    )
      .map(({ name }) => name)
      .join('');

  it('has referenced tables first', () => {
    assert.equal(order(), 'abcd');
    assert.equal(order(['a', 'd'], ['d', 'c']), 'cdab');
    assert.equal(order(['a', 'b'], ['a', 'c'], ['b', 'c']), 'cbad');
    assert.equal(order(['a', 'absent']), 'abcd');
  });

  it('fails for a circle', () => {
    assert.throws(() => order(['a', 'b'], ['b', 'a']), /references itself/);
  });
});
