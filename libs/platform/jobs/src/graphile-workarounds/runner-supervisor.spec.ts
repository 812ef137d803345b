import { createLogger } from '@central-index/platform/logging';
import assert from 'node:assert/strict';
import type { Runner } from 'graphile-worker';
import { describe, it } from '@jest/globals';
import { Client } from 'pg';
import { createTestDatabase } from '../../../../../test/support/database';
import { eventually } from '../../../../../test/support/eventually';
import { RunnerSupervisor } from './runner-supervisor';
import { defineFact } from '../facts';
import { runJobs } from '../runner';
import { subscribe } from '../subscriptions';

const work = defineFact<{ name: string }>('work');

const logger = createLogger({ level: 'fatal', format: 'json', role: 'test' });

/** A runner whose end is decided by the test. */
class TestRunner {
  /** `running` until `stop` is called, then `stopping` until its jobs have ended. */
  state: 'running' | 'stopping' | 'ended' = 'running';
  finish!: () => void;
  fail!: (error: Error) => void;
  readonly promise: Promise<void>;

  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.finish = () => ((this.state = 'ended'), resolve());
      this.fail = (error) => ((this.state = 'ended'), reject(error));
    });
  }

  stop(): Promise<void> {
    if (this.state === 'ended') return Promise.reject(new Error('Runner is already stopped'));
    this.state = 'stopping';
    return this.promise;
  }
}

describe('the runner supervisor', () => {
  /** Starts a supervisor of test runners. While `isAway` is set, no runner can start. */
  const start = async () => {
    const state = { runners: [] as TestRunner[], failures: 0, isAway: false };
    const supervisor = await RunnerSupervisor.start(() => {
      if (state.isAway) {
        state.failures += 1;
        return Promise.reject(new Error('database unavailable'));
      }
      state.runners.push(new TestRunner());
      return Promise.resolve(state.runners.at(-1) as unknown as Runner);
    }, logger);
    return Object.assign(state, { supervisor });
  };

  it('replaces a runner once, however many of its workers fail', async () => {
    const state = await start();
    state.supervisor.restart();
    state.supervisor.restart();
    await eventually(async () => assert.equal(state.runners.length, 2));
    state.supervisor.restart();
    await eventually(async () => assert.equal(state.runners.length, 3));
    assert.deepEqual(
      state.runners.map(({ state }) => state),
      ['stopping', 'stopping', 'running'],
    );
    for (const runner of state.runners) runner.finish();
    await state.supervisor.stop();
  });

  it('replaces a runner that ends by itself, as soon as the database is available again', async () => {
    const state = await start();
    state.isAway = true;
    state.runners[0]!.fail(new Error('its clock stopped'));
    await eventually(async () => assert.ok(state.failures >= 2));
    assert.equal(state.runners.length, 1);
    state.isAway = false;
    await eventually(async () => assert.equal(state.runners.length, 2));
    state.runners[1]!.finish();
    await state.supervisor.stop();
  });

  it('stops when all running jobs have ended, also in replaced runners, and starts no runner afterwards', async () => {
    const state = await start();
    state.supervisor.restart();
    await eventually(async () => assert.equal(state.runners.length, 2));
    let stopped = false;
    const stopping = state.supervisor.stop().then(() => (stopped = true));
    await eventually(async () => assert.equal(state.runners[1]!.state, 'stopping'));
    state.runners[1]!.finish();
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(stopped, false, 'the first runner still has a running job');
    state.runners[0]!.finish();
    await stopping;
    state.supervisor.restart();
    assert.equal(state.runners.length, 2);
  });

  it('rejects if the first runner cannot start', async () => {
    await assert.rejects(
      RunnerSupervisor.start(() => Promise.reject(new Error('no database')), logger),
      /no database/,
    );
  });

  it('continues with jobs, and runs none twice, after every session was terminated', async () => {
    const database = await createTestDatabase();
    const client = new Client({ connectionString: database.url });
    await client.connect();
    const done: string[] = [];
    // Jest fails the test on an unhandled rejection.
    const jobs = await runJobs({
      url: database.url,
      subscriptions: [subscribe(work, { only: async ({ name }) => void done.push(name) })],
      schedule: { 'every.minute': { cron: '* * * * *', run: () => Promise.resolve() } },
      logger,
      concurrency: 2,
    });
    try {
      const add = (name: string) =>
        client.query(`select graphile_worker.add_job('work', $1::json)`, [JSON.stringify({ name })]);
      for (const name of ['first', 'second', 'third']) {
        await add(name);
        await eventually(async () => assert.equal(done.at(-1), name), 15_000);
        await client.query(
          `select pg_terminate_backend(pid) from pg_stat_activity
            where datname = current_database() and pid <> pg_backend_pid()`,
        );
      }
      assert.deepEqual(done, ['first', 'second', 'third']);
    } finally {
      await jobs.stop();
      await client.end();
      await database.drop();
    }
  });
});
