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
  let context: INestApplicationContext;
  beforeAll(async () => {
    database = await createTestDatabase();
    client = new Client({ connectionString: database.url });
    await client.connect();
    context = await openTestModule(database, []);
  });
  afterEach(async () => {
    await client.query('rollback; delete from graphile_worker._private_jobs');
  });
  afterAll(async () => {
    await context.close();
    await client.end();
    await database.drop();
  });

  const inTransaction = (work: (jobs: Jobs, manager: EntityManager) => Promise<void>): Promise<void> =>
    context.get(Database).transaction((manager) => work(context.get(Jobs), manager));
  const keys = async (condition: string): Promise<(string | null)[]> => {
    const { rows } = await client.query<{ key: string | null }>(
      `select key from graphile_worker.jobs where ${condition} order by key nulls last`,
    );
    return rows.map(({ key }) => key);
  };
  /** Locks the jobs as a worker does that claims them, without the commit. */
  const claimJobs = async (...claimed: Fact<{ n: number }>[]): Promise<void> => {
    await client.query('begin');
    await client.query(
      `update graphile_worker._private_jobs set locked_by = 'a worker', locked_at = now(), attempts = 1
        where payload ->> 'n' = any($1)`,
      [claimed.map(({ payload }) => payload.n)],
    );
  };
  const waitForBlockedStatement = async (): Promise<void> =>
    eventually(async () => {
      const { rowCount } = await client.query(
        `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      );
      assert.equal(rowCount, 1);
    });

  it('that are pending represent equal facts that are emitted again', async () => {
    await inTransaction(async (jobs, manager) => {
      await jobs.emit(manager, seen(1));
      await jobs.emit(manager, seen(1));
      await jobs.emitDelayed(manager, [seen(1), seen(2)], 60);
      await jobs.emitDelayed(manager, [], 60);
    });
    assert.deepEqual(await keys('run_at <= now()'), ['seen:n=1']);
    assert.deepEqual(await keys('run_at > now()'), ['seen:n=2']);
  });

  it('that run represent no later facts', async () => {
    await inTransaction((jobs, manager) => jobs.emit(manager, seen(1)));
    await claimJobs(seen(1));
    await client.query('commit');
    await inTransaction((jobs, manager) => jobs.emit(manager, seen(1)));
    assert.deepEqual(await keys('locked_at is null'), ['seen:n=1']);
    assert.deepEqual(await keys('locked_at is not null'), [null]);
  });

  it('are added beside one that a worker claims at the same moment', async () => {
    await inTransaction((jobs, manager) => jobs.emit(manager, seen(1)));
    await claimJobs(seen(1));
    const emitted = inTransaction((jobs, manager) => jobs.emit(manager, seen(1)));
    await waitForBlockedStatement();
    await client.query('commit');
    await emitted;
    assert.deepEqual(await keys('locked_at is null'), ['seen:n=1']);
    assert.deepEqual(await keys('locked_at is not null'), [null]);
  });

  it('are all added, each once, when a worker claims some of them at the same moment', async () => {
    await inTransaction((jobs, manager) => jobs.emitDelayed(manager, [seen(1), seen(2), seen(3)], 0));
    await claimJobs(seen(1), seen(3));
    const emitted = inTransaction((jobs, manager) =>
      jobs.emitDelayed(manager, [seen(1), seen(2), seen(3), seen(4)], 60),
    );
    await waitForBlockedStatement();
    await client.query('commit');
    await emitted;
    assert.deepEqual(await keys('run_at > now()'), ['seen:n=1', 'seen:n=3', 'seen:n=4']);
    // Not delayed, though it was emitted twice.
    assert.deepEqual(await keys('run_at <= now() and locked_at is null'), ['seen:n=2']);
    assert.deepEqual(await keys('locked_at is not null'), [null, null]);
  });

  it('can be added when the sequences of the queue are exhausted, after these are reset', async () => {
    await inTransaction((jobs, manager) => jobs.emit(manager, seen(1), { queue: 'one' }));
    const maxId = 2 ** 31 - 1;
    for (const table of ['_private_tasks', '_private_job_queues']) {
      await client.query(
        `select setval(pg_get_serial_sequence('graphile_worker.${table}', 'id'), ${maxId - 1})`,
      );
    }
    const emit = (n: number): Promise<void> =>
      inTransaction((jobs, manager) => jobs.emit(manager, seen(n), { queue: 'one' }));
    await emit(2);
    await assert.rejects(emit(3), /reached maximum value/);
    await inTransaction((jobs, manager) => jobs.resetSequences(manager));
    await emit(3);
    await inTransaction((jobs, manager) =>
      jobs.emit(manager, defineFact<Record<string, never>>('received')({}), { queue: 'two' }),
    );
    assert.deepEqual(await keys('true'), ['received', 'seen:n=1', 'seen:n=2', 'seen:n=3']);
  });
});
