import { Database } from '@central-index/platform/database';
import { createLogger } from '@central-index/platform/logging';
import type { INestApplicationContext } from '@nestjs/common';
import assert from 'node:assert/strict';
import { afterAll, afterEach, beforeAll, describe, it } from '@jest/globals';
import { Client } from 'pg';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database';
import { eventually } from '../../../../test/support/eventually';
import { openTestModule } from '../../../../test/support/test-module';
import { defineFact } from './facts';
import { subscribe, type FactBatchHandler } from './subscriptions';
import { Jobs } from './jobs';
import { runJobs, type RunningJobs } from './runner';

const logger = createLogger({ level: 'fatal', format: 'json', role: 'test' });

const seen = defineFact<{ n: number }>('seen', { batched: true });

describe('batched facts', () => {
  let database: TestDatabase;
  let client: Client;
  let context: INestApplicationContext;
  const workers: RunningJobs[] = [];
  const gates: (() => void)[] = [];
  beforeAll(async () => {
    database = await createTestDatabase();
    client = new Client({ connectionString: database.url });
    await client.connect();
    context = await openTestModule(database, []);
  });
  afterEach(async () => {
    // After a failed test, a handler must not wait forever.
    for (const open of gates.splice(0)) open();
    for (const worker of workers.splice(0)) await worker.stop();
    await client.query('delete from fact_outbox; delete from graphile_worker._private_jobs');
  });
  afterAll(async () => {
    await context.close();
    await client.end();
    await database.drop();
  });

  const emit = (numbers: readonly number[]): Promise<void> =>
    context.get(Database).transaction(async (manager) => {
      for (const n of numbers) {
        await context.get(Jobs).emit(manager, seen({ n }));
      }
    });
  const start = async (
    handleBatch: FactBatchHandler<{ n: number }>,
    handleOne: (n: number) => void = () => undefined,
  ) => {
    workers.push(
      await runJobs({
        url: database.url,
        subscriptions: [subscribe(seen, { handleOne: async ({ n }) => handleOne(n) }, handleBatch)],
        logger,
        concurrency: 2,
      }),
    );
  };
  const countPending = async (): Promise<number> =>
    (await client.query(`select from fact_outbox union all select from graphile_worker.jobs`)).rowCount!;
  const numbers = (facts: readonly { n: number }[]): number[] =>
    facts.map(({ n }) => n).sort((a, b) => a - b);
  const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n);
  /** A handler that waits until it is released, and reports when it has started. */
  const gatedHandler = () => {
    let release!: () => void;
    let start!: () => void;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const started = new Promise<void>((resolve) => (start = resolve));
    gates.push(release);
    const batches: number[][] = [];
    const handler: FactBatchHandler<{ n: number }> = async (facts) => {
      batches.push(numbers(facts));
      start();
      await gate;
    };
    return { handler, started, release, batches };
  };

  it('are handled in batches, however many are pending, without those that were rolled back', async () => {
    await emit(upTo(700));
    await assert.rejects(
      context.get(Database).transaction(async (manager) => {
        await context.get(Jobs).emit(manager, seen({ n: 999 }));
        throw new Error('rolled back');
      }),
    );
    const batches: number[][] = [];
    await start(async (facts) => void batches.push(numbers(facts)));
    await eventually(async () => assert.equal(await countPending(), 0));
    assert.deepEqual(
      batches.flat().sort((a, b) => a - b),
      upTo(700),
    );
    assert.equal(batches.length, 2);
    await emit([7]);
    await eventually(async () => assert.deepEqual(batches.at(-1), [7]));
  });

  it('are handled by another worker when a worker is killed while it handles them', async () => {
    await emit([1, 2]);
    const killed = gatedHandler();
    await start(killed.handler);
    await killed.started;
    const { rows } = await client.query<{ pid: number }>(
      `select pid from pg_stat_activity
        where datname = current_database() and state = 'idle in transaction' and query like '%fact_outbox%'`,
    );
    assert.equal(rows.length, 1);
    await client.query('select pg_terminate_backend($1)', [rows[0]!.pid]);
    const batches: number[][] = [];
    await start(async (facts) => void batches.push(numbers(facts)));
    await eventually(async () => assert.deepEqual(batches, [[1, 2]]));
    killed.release();
    await eventually(async () => assert.equal(await countPending(), 0));
  });

  it('are not handled twice by two workers, which do not wait for each other', async () => {
    const first = gatedHandler();
    await start(first.handler);
    await emit([1]);
    await first.started;
    const batches: number[][] = [];
    await start(async (facts) => void batches.push(numbers(facts)));
    await emit([2]);
    await eventually(async () => assert.deepEqual(batches, [[2]]));
    first.release();
    await eventually(async () => assert.equal(await countPending(), 0));
    assert.deepEqual([...first.batches, ...batches], [[1], [2]]);
  });

  it('become jobs of their own when the handler of the batch fails', async () => {
    await emit([1, 2, 3, 2]);
    const handled: number[] = [];
    await start(
      () => Promise.reject(new Error('one of them cannot be handled')),
      (n) => {
        if (n === 2) throw new Error('this one');
        handled.push(n);
      },
    );
    await eventually(async () => assert.deepEqual(handled.sort(), [1, 3]));
    await eventually(async () => {
      const { rows } = await client.query(`select key, last_error from graphile_worker.jobs`);
      assert.deepEqual(rows, [{ key: 'seen:n=2', last_error: 'this one' }]);
    });
  });

  it('are handled to the end by a worker that stops', async () => {
    const last = gatedHandler();
    await start(last.handler);
    await emit([1]);
    await last.started;
    let stopped = false;
    const stopping = workers[0]!.stop().then(() => (stopped = true));
    workers.length = 0;
    await emit([2]);
    assert.equal(stopped, false);
    last.release();
    await stopping;
    assert.deepEqual(last.batches, [[1]]);
    assert.equal(await countPending(), 1, 'a later fact is left to another worker');
  });
});
