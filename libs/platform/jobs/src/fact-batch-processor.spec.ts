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

describe('facts that are told together', () => {
  let database: TestDatabase;
  let client: Client;
  let rooms: INestApplicationContext;
  const workers: RunningJobs[] = [];
  const gates: (() => void)[] = [];
  beforeAll(async () => {
    database = await createTestDatabase();
    client = new Client({ connectionString: database.url });
    await client.connect();
    rooms = await openTestModule(database, []);
  });
  afterEach(async () => {
    // A test that failed must not wait for ever.
    for (const open of gates.splice(0)) open();
    for (const worker of workers.splice(0)) await worker.stop();
    await client.query('delete from fact_outbox; delete from graphile_worker._private_jobs');
  });
  afterAll(async () => {
    await rooms.close();
    await client.end();
    await database.drop();
  });

  const state = (numbers: readonly number[]): Promise<void> =>
    rooms.get(Database).transaction(async (manager) => {
      for (const n of numbers) {
        await rooms.get(Jobs).emit(manager, seen({ n }));
      }
    });
  const start = async (
    together: FactBatchHandler<{ n: number }>,
    alone: (n: number) => void = () => undefined,
  ) => {
    workers.push(
      await runJobs({
        url: database.url,
        subscriptions: [subscribe(seen, { alone: async ({ n }) => alone(n) }, together)],
        logger,
        concurrency: 2,
      }),
    );
  };
  const waiting = async (): Promise<number> =>
    (await client.query(`select from fact_outbox union all select from graphile_worker.jobs`)).rowCount!;
  const numbers = (facts: readonly { n: number }[]): number[] =>
    facts.map(({ n }) => n).sort((a, b) => a - b);
  const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n);
  /** A handler that waits until it is let go, and tells when it has begun. */
  const held = () => {
    let goOn!: () => void;
    let begin!: () => void;
    const gate = new Promise<void>((resolve) => (goOn = resolve));
    const begun = new Promise<void>((resolve) => (begin = resolve));
    gates.push(goOn);
    const told: number[][] = [];
    const handler: FactBatchHandler<{ n: number }> = async (facts) => {
      told.push(numbers(facts));
      begin();
      await gate;
    };
    return { handler, begun, goOn, told };
  };

  it('are all done at once, however many wait, and none that was taken back', async () => {
    await state(upTo(700));
    await assert.rejects(
      rooms.get(Database).transaction(async (manager) => {
        await rooms.get(Jobs).emit(manager, seen({ n: 999 }));
        throw new Error('taken back');
      }),
    );
    const told: number[][] = [];
    await start(async (facts) => void told.push(numbers(facts)));
    await eventually(async () => assert.equal(await waiting(), 0));
    assert.deepEqual(
      told.flat().sort((a, b) => a - b),
      upTo(700),
    );
    assert.equal(told.length, 2);
    await state([7]);
    await eventually(async () => assert.deepEqual(told.at(-1), [7]));
  });

  it('are left to the next by a worker that is killed at it', async () => {
    await state([1, 2]);
    const killed = held();
    await start(killed.handler);
    await killed.begun;
    const { rows } = await client.query<{ pid: number }>(
      `select pid from pg_stat_activity
        where datname = current_database() and state = 'idle in transaction' and query like '%fact_outbox%'`,
    );
    assert.equal(rows.length, 1);
    await client.query('select pg_terminate_backend($1)', [rows[0]!.pid]);
    const told: number[][] = [];
    await start(async (facts) => void told.push(numbers(facts)));
    await eventually(async () => assert.deepEqual(told, [[1, 2]]));
    killed.goOn();
    await eventually(async () => assert.equal(await waiting(), 0));
  });

  it('are not done twice by two workers, nor do they wait for each other', async () => {
    const first = held();
    await start(first.handler);
    await state([1]);
    await first.begun;
    const told: number[][] = [];
    await start(async (facts) => void told.push(numbers(facts)));
    await state([2]);
    await eventually(async () => assert.deepEqual(told, [[2]]));
    first.goOn();
    await eventually(async () => assert.equal(await waiting(), 0));
    assert.deepEqual([...first.told, ...told], [[1], [2]]);
  });

  it('are jobs of their own when what follows from all of them fails', async () => {
    await state([1, 2, 3]);
    const alone: number[] = [];
    await start(
      () => Promise.reject(new Error('one of them cannot be done')),
      (n) => {
        if (n === 2) throw new Error('this one');
        alone.push(n);
      },
    );
    await eventually(async () => assert.deepEqual(alone.sort(), [1, 3]));
    await eventually(async () => {
      const { rows } = await client.query(`select key, last_error from graphile_worker.jobs`);
      assert.deepEqual(rows, [{ key: 'seen:n=2', last_error: 'this one' }]);
    });
  });

  it('are done to the end by a worker that stops', async () => {
    const last = held();
    await start(last.handler);
    await state([1]);
    await last.begun;
    let stopped = false;
    const stopping = workers[0]!.stop().then(() => (stopped = true));
    workers.length = 0;
    await state([2]);
    assert.equal(stopped, false);
    last.goOn();
    await stopping;
    assert.deepEqual(last.told, [[1]]);
    assert.equal(await waiting(), 1, 'what came later is left to the next');
  });
});
