import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database';
import { eventually } from '../../../../test/support/eventually';
import { createLogger } from '@central-index/platform/logging';
import { Client } from 'pg';
import { ChangeListener } from './change-listener';
import { InvalidatingCache } from './invalidating-cache';

describe('a cached value', () => {
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

  const notify = (change: string): Promise<unknown> =>
    other.query('select pg_notify($1, $2)', ['central_index_change', change]);
  const filledCache = (lifetimeMs = 60_000): InvalidatingCache<number> => {
    const cache = new InvalidatingCache<number>(changes, { lifetimeMs, capacity: 3 });
    cache.beginFill()('one', 1, ['thing:1', 'other:1']);
    assert.equal(cache.get('one'), 1);
    return cache;
  };

  it('is invalidated when one of the rows that it was derived from changes, and not when another row does', async () => {
    const cache = filledCache();
    await notify('thing:2');
    await changes.waitForSync();
    assert.equal(cache.get('one'), 1);
    await notify('other:1');
    await changes.waitForSync();
    assert.equal(cache.get('one'), undefined);
  });

  it('is invalidated with all others when any row of a topic may have changed', async () => {
    const cache = filledCache();
    await notify('unknown:');
    await changes.waitForSync();
    assert.equal(cache.get('one'), undefined);
  });

  it('is not stored when anything changed while it was read', async () => {
    const cache = filledCache();
    const commit = cache.beginFill();
    await notify('thing:2');
    await changes.waitForSync();
    commit('two', 2, ['thing:2']);
    assert.equal(cache.get('two'), undefined);
  });

  it('expires, so that a lost notification does not matter forever', async () => {
    const cache = filledCache(40);
    await eventually(async () => assert.equal(cache.get('one'), undefined), 500);
  });

  it('is replaced by later ones when the cache is full', () => {
    const cache = filledCache();
    const commit = cache.beginFill();
    for (const n of [2, 3, 4]) commit(`number ${n}`, n, [`thing:${n}`, 'thing:1']);
    assert.equal(cache.get('one'), undefined);
    assert.deepEqual(
      [2, 3, 4].map((n) => cache.get(`number ${n}`)),
      [2, 3, 4],
    );
  });

  it('is kept when it was read more recently than others', () => {
    const cache = filledCache();
    const commit = cache.beginFill();
    for (const n of [2, 3]) commit(`number ${n}`, n, [`thing:${n}`]);
    cache.get('one');
    commit('number 4', 4, ['thing:4']);
    assert.equal(cache.get('one'), 1);
    assert.equal(cache.get('number 2'), undefined);
  });

  it('has the rows of its latest version', async () => {
    const cache = filledCache();
    cache.beginFill()('one', 2, ['thing:1']);
    await notify('other:1');
    await changes.waitForSync();
    assert.equal(cache.get('one'), 2);
    await notify('thing:1');
    await changes.waitForSync();
    assert.equal(cache.get('one'), undefined);
  });

  it('is not returned while the listener is disconnected, nor after it has reconnected', async () => {
    const cache = filledCache();
    await other.query(`select pg_terminate_backend(pid) from pg_stat_activity
                        where datname = current_database() and application_name like '%listener'`);
    await eventually(async () => assert.equal(changes.isLive, false), 1_000);
    assert.equal(cache.get('one'), undefined);
    await eventually(async () => assert.ok(changes.isLive));
    assert.equal(cache.get('one'), undefined);
  });
});
