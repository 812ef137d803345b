import { Database } from '@central-index/platform/database';
import type { INestApplicationContext } from '@nestjs/common';
import assert from 'node:assert/strict';
import { afterAll, afterEach, beforeAll, describe, it } from '@jest/globals';
import { Client } from 'pg';
import type { EntityManager } from 'typeorm';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database';
import { eventually } from '../../../../test/support/eventually';
import { openTestModule } from '../../../../test/support/test-module';
import { defineFact, type Fact } from './facts';
import { Jobs } from './jobs';

const seenFact = defineFact<{ n: number }>('seen');
const seen = (n: number): Fact<{ n: number }> => seenFact({ n });

describe('jobs', () => {
  let database: TestDatabase;
  let client: Client;
  let rooms: INestApplicationContext;
  beforeAll(async () => {
    database = await createTestDatabase();
    client = new Client({ connectionString: database.url });
    await client.connect();
    rooms = await openTestModule(database, []);
  });
  afterEach(async () => {
    await client.query('rollback; delete from graphile_worker._private_jobs');
  });
  afterAll(async () => {
    await rooms.close();
    await client.end();
    await database.drop();
  });

  const inTransaction = (work: (jobs: Jobs, manager: EntityManager) => Promise<void>): Promise<void> =>
    rooms.get(Database).transaction((manager) => work(rooms.get(Jobs), manager));
  const keys = async (condition: string): Promise<(string | null)[]> => {
    const { rows } = await client.query<{ key: string | null }>(
      `select key from graphile_worker.jobs where ${condition} order by key nulls last`,
    );
    return rows.map(({ key }) => key);
  };
  /** As a worker does that takes the jobs of the keys, up to its commit. */
  const take = async (...taken: Fact<{ n: number }>[]): Promise<void> => {
    await client.query('begin');
    await client.query(
      `update graphile_worker._private_jobs set locked_by = 'somebody', locked_at = now(), attempts = 1
        where payload ->> 'n' = any($1)`,
      [taken.map(({ payload }) => payload.n)],
    );
  };
  const aStatementWaits = async (): Promise<void> =>
    eventually(async () => {
      const { rowCount } = await client.query(
        `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      );
      assert.equal(rowCount, 1);
    });

  it('that wait stand for what is stated of the same ids', async () => {
    await inTransaction(async (jobs, manager) => {
      await jobs.emit(manager, seen(1));
      await jobs.emit(manager, seen(1));
      await jobs.emitDelayed(manager, [seen(1), seen(2)], 60);
      await jobs.emitDelayed(manager, [], 60);
    });
    assert.deepEqual(await keys('run_at <= now()'), ['seen:n=1']);
    assert.deepEqual(await keys('run_at > now()'), ['seen:n=2']);
  });

  it('that run stand for nothing any more', async () => {
    await inTransaction((jobs, manager) => jobs.emit(manager, seen(1)));
    await take(seen(1));
    await client.query('commit');
    await inTransaction((jobs, manager) => jobs.emit(manager, seen(1)));
    assert.deepEqual(await keys('locked_at is null'), ['seen:n=1']);
    assert.deepEqual(await keys('locked_at is not null'), [null]);
  });

  it('are added beside one that a worker takes at the same moment', async () => {
    await inTransaction((jobs, manager) => jobs.emit(manager, seen(1)));
    await take(seen(1));
    const stated = inTransaction((jobs, manager) => jobs.emit(manager, seen(1)));
    await aStatementWaits();
    await client.query('commit');
    await stated;
    assert.deepEqual(await keys('locked_at is null'), ['seen:n=1']);
    assert.deepEqual(await keys('locked_at is not null'), [null]);
  });

  it('are all added, each once, where a worker takes some of them at the same moment', async () => {
    await inTransaction((jobs, manager) => jobs.emitDelayed(manager, [seen(1), seen(2), seen(3)], 0));
    await take(seen(1), seen(3));
    const stated = inTransaction((jobs, manager) =>
      jobs.emitDelayed(manager, [seen(1), seen(2), seen(3), seen(4)], 60),
    );
    await aStatementWaits();
    await client.query('commit');
    await stated;
    assert.deepEqual(await keys('run_at > now()'), ['seen:n=1', 'seen:n=3', 'seen:n=4']);
    // Not put off, though it was stated twice.
    assert.deepEqual(await keys('run_at <= now() and locked_at is null'), ['seen:n=2']);
    assert.deepEqual(await keys('locked_at is not null'), [null, null]);
  });

  it('are added for ever, as the queue numbers its names anew', async () => {
    await inTransaction((jobs, manager) => jobs.emit(manager, seen(1), { queue: 'one' }));
    const used = 2 ** 31 - 1;
    for (const table of ['_private_tasks', '_private_job_queues']) {
      await client.query(
        `select setval(pg_get_serial_sequence('graphile_worker.${table}', 'id'), ${used - 1})`,
      );
    }
    const state = (n: number): Promise<void> =>
      inTransaction((jobs, manager) => jobs.emit(manager, seen(n), { queue: 'one' }));
    await state(2);
    await assert.rejects(state(3), /reached maximum value/);
    await inTransaction((jobs, manager) => jobs.resetSequences(manager));
    await state(3);
    await inTransaction((jobs, manager) =>
      jobs.emit(manager, defineFact<Record<string, never>>('heard')({}), { queue: 'two' }),
    );
    assert.deepEqual(await keys('true'), ['heard', 'seen:n=1', 'seen:n=2', 'seen:n=3']);
  });
});
