import { createLogger } from '@central-index/platform/logging';
import assert from 'node:assert/strict';
import { afterAll, afterEach, beforeAll, describe, it } from '@jest/globals';
import { Client, Pool } from 'pg';
import { createTestDatabase, type TestDatabase } from '../../../../../test/support/database';
import { eventually } from '../../../../../test/support/eventually';
import { defineFact, type Payload } from '../facts';
import { runJobs, type RunningJobs } from '../runner';
import { subscribe, type FactHandler } from '../subscriptions';
import { WorkerHeartbeat } from './worker-heartbeat';

describe('jobs of a crashed worker', () => {
  let database: TestDatabase;
  let client: Client;
  const running: RunningJobs[] = [];
  beforeAll(async () => {
    database = await createTestDatabase();
    client = new Client({ connectionString: database.url });
    await client.connect();
  });
  let finish = () => {};
  afterEach(async () => {
    finish();
    for (const jobs of running.splice(0)) await jobs.stop();
  });
  afterAll(async () => {
    await client.end();
    await database.drop();
  });

  const add = (name: string, queue: string) =>
    client.query(`select graphile_worker.add_job($1, '{}'::json, queue_name := $2)`, [name, queue]);
  /** Sets the lock of a job and its queue to an hour ago; keeps the worker that has locked them if `worker` is null. */
  const lockLongAgo = async (name: string, worker: string | null) => {
    const set = `set locked_by = coalesce($2, t.locked_by), locked_at = now() - interval '1 hour'`;
    const job = `select j.id, j.job_queue_id from graphile_worker._private_jobs j
                   join graphile_worker._private_tasks k on k.id = j.task_id where k.identifier = $1`;
    await client.query(
      `with job as (${job}), jobs as (
         update graphile_worker._private_jobs t ${set} from job where t.id = job.id)
       update graphile_worker._private_job_queues t ${set} from job where t.id = job.job_queue_id`,
      [name, worker],
    );
  };
  const start = async (handlers: Record<string, FactHandler<Payload>>) => {
    const subscriptions = Object.entries(handlers).map(([name, only]) =>
      subscribe(defineFact(name), { only }),
    );
    const logger = createLogger({ level: 'fatal', format: 'json', role: 'test' });
    running.push(await runJobs({ url: database.url, subscriptions, logger, concurrency: 2 }));
  };

  it('are run by another worker, and so are later jobs of their queue', async () => {
    await add('left.behind', 'one');
    await lockLongAgo('left.behind', 'worker-that-was-killed');
    await add('waiting.behind', 'one');
    const done: string[] = [];
    await start({
      'left.behind': async () => void done.push('left'),
      'waiting.behind': async () => void done.push('waiting'),
    });
    await eventually(async () => assert.deepEqual(done, ['left', 'waiting']));
  });

  it('stay locked by a live worker, however long they take', async () => {
    let started = 0;
    const finished = new Promise<void>((resolve) => (finish = resolve));
    const slow = async () => {
      started += 1;
      await finished;
    };
    await add('slow.work', 'two');
    await start({ 'slow.work': slow });
    await eventually(async () => assert.equal(started, 1));
    await lockLongAgo('slow.work', null);
    const holder = async () =>
      (
        await client.query('select locked_by from graphile_worker.jobs where task_identifier = $1', [
          'slow.work',
        ])
      ).rows;
    const before = await holder();
    // A second worker recovers jobs, as the unlocked job of a crashed one shows, and does not unlock the slow job.
    await add('left.again', 'three');
    await lockLongAgo('left.again', 'worker-that-was-killed');
    let recovered = false;
    await start({ 'slow.work': slow, 'left.again': async () => void (recovered = true) });
    await eventually(async () => assert.equal(recovered, true));
    assert.deepEqual(await holder(), before);
    assert.equal(started, 1);
  });

  it('are unlocked when their worker is frozen, and not when it is only busy', async () => {
    const logger = createLogger({ level: 'fatal', format: 'json', role: 'test' });
    const pools = [0, 1].map(() => new Pool({ connectionString: database.url }));
    for (const pool of pools) pool.on('error', () => undefined);
    // A process that is frozen, but whose sessions stay open: it sends one heartbeat.
    const frozen = new WorkerHeartbeat(pools[0]!, logger, { intervalMs: 3_600_000, staleAfterMs: 3_600_000 });
    const living = new WorkerHeartbeat(pools[1]!, logger, { intervalMs: 100, staleAfterMs: 4_000 });
    const holders = async () =>
      (await client.query('select task_identifier, locked_by from graphile_worker.jobs order by id')).rows;
    const advisoryLockOf = async (worker: string) =>
      client.query(
        `select from pg_locks where locktype = 'advisory' and objid::bigint = hashtext($1)::bigint & 4294967295`,
        [worker],
      );
    try {
      await client.query('delete from graphile_worker._private_jobs');
      frozen.register('worker-that-froze');
      living.register('worker-that-lives');
      await eventually(async () => {
        for (const worker of ['worker-that-froze', 'worker-that-lives']) {
          assert.equal((await advisoryLockOf(worker)).rowCount, 1);
        }
      });
      for (const [name, worker] of [
        ['frozen.work', 'worker-that-froze'],
        ['long.work', 'worker-that-lives'],
      ] as const) {
        await add(name, name);
        await lockLongAgo(name, worker);
      }
      await eventually(async () => {
        assert.deepEqual(await holders(), [
          { task_identifier: 'frozen.work', locked_by: null },
          { task_identifier: 'long.work', locked_by: 'worker-that-lives' },
        ]);
      }, 15_000);
    } finally {
      await Promise.all([frozen.stop(), living.stop()]);
      for (const pool of pools) await pool.end();
    }
  });
});
