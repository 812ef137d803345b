import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database';
import { eventually } from '../../../../test/support/eventually';
import { createLogger } from '@central-index/platform/logging';
import { Client } from 'pg';
import { ChangeListener } from './change-listener';
import { InvalidatingCache } from './invalidating-cache';

describe('what a process remembers', () => {
  let database: TestDatabase;
  let changes: ChangeListener;
  let other: Client;
  beforeAll(async () => {
    database = await createTestDatabase();
    changes = new ChangeListener(
      { url: database.url, role: 'test' },
      createLogger({ level: 'fatal', format: 'json', role: 'test', to: 2 }),
    );
    other = new Client({ connectionString: database.url });
    await other.connect();
    await eventually(async () => assert.ok(changes.isLive));
  });
  afterAll(async () => {
    await changes.onModuleDestroy();
    await other.end();
    await database.drop();
  });

  const tell = (change: string): Promise<unknown> =>
    other.query('select pg_notify($1, $2)', ['central_index_change', change]);
  const kept = (lifetimeMs = 60_000): InvalidatingCache<number> => {
    const remembered = new InvalidatingCache<number>(changes, { lifetimeMs, capacity: 3 });
    remembered.beginFill()('one', 1, ['thing:1', 'other:1']);
    assert.equal(remembered.get('one'), 1);
    return remembered;
  };

  it('is forgotten when one of the rows that it was made of changes, and not for any other', async () => {
    const remembered = kept();
    await tell('thing:2');
    await changes.waitForSync();
    assert.equal(remembered.get('one'), 1);
    await tell('other:1');
    await changes.waitForSync();
    assert.equal(remembered.get('one'), undefined);
  });

  it('is all forgotten when anything of a kind may have changed', async () => {
    const remembered = kept();
    await tell('unheard-of:');
    await changes.waitForSync();
    assert.equal(remembered.get('one'), undefined);
  });

  it('is not kept when anything changed while it was read', async () => {
    const remembered = kept();
    const commit = remembered.beginFill();
    await tell('thing:2');
    await changes.waitForSync();
    commit('two', 2, ['thing:2']);
    assert.equal(remembered.get('two'), undefined);
  });

  it('is over after its time, so that a notice that was lost does not matter for ever', async () => {
    const remembered = kept(40);
    await eventually(async () => assert.equal(remembered.get('one'), undefined), 500);
  });

  it('makes room for what comes later', () => {
    const remembered = kept();
    const commit = remembered.beginFill();
    for (const n of [2, 3, 4]) commit(`number ${n}`, n, [`thing:${n}`, 'thing:1']);
    assert.equal(remembered.get('one'), undefined);
    assert.deepEqual(
      [2, 3, 4].map((n) => remembered.get(`number ${n}`)),
      [2, 3, 4],
    );
  });

  it('is not used while nobody listens, and all forgotten by then', async () => {
    const remembered = kept();
    await other.query(`select pg_terminate_backend(pid) from pg_stat_activity
                        where datname = current_database() and application_name like '%listener'`);
    await eventually(async () => assert.equal(changes.isLive, false), 1_000);
    assert.equal(remembered.get('one'), undefined);
    await eventually(async () => assert.ok(changes.isLive));
    assert.equal(remembered.get('one'), undefined);
  });
});
