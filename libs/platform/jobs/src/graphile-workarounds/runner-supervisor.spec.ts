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

/** A runner of which a test decides when it ends. */
class TestRunner {
  /** `running` until it is told to stop, then `stopping` until what has begun is done. */
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

describe('a job runner that is kept running', () => {
  /** Begins runners one after another; `away` as long as the database lets none begin. */
  const start = async () => {
    const place = { begun: [] as TestRunner[], refused: 0, away: false };
    const kept = await RunnerSupervisor.start(() => {
      if (place.away) {
        place.refused += 1;
        return Promise.reject(new Error('the database is away'));
      }
      place.begun.push(new TestRunner());
      return Promise.resolve(place.begun.at(-1) as unknown as Runner);
    }, logger);
    return Object.assign(place, { kept });
  };

  it('is replaced once, however many of its workers give up', async () => {
    const place = await start();
    place.kept.restart();
    place.kept.restart();
    await eventually(async () => assert.equal(place.begun.length, 2));
    place.kept.restart();
    await eventually(async () => assert.equal(place.begun.length, 3));
    assert.deepEqual(
      place.begun.map(({ state }) => state),
      ['stopping', 'stopping', 'running'],
    );
    for (const runner of place.begun) runner.finish();
    await place.kept.stop();
  });

  it('is replaced when it ends by itself, as soon as the database is back', async () => {
    const place = await start();
    place.away = true;
    place.begun[0]!.fail(new Error('its clock stopped'));
    await eventually(async () => assert.ok(place.refused >= 2));
    assert.equal(place.begun.length, 1);
    place.away = false;
    await eventually(async () => assert.equal(place.begun.length, 2));
    place.begun[1]!.finish();
    await place.kept.stop();
  });

  it('stops when what has begun is done, in those that were replaced, too, and does not begin again', async () => {
    const place = await start();
    place.kept.restart();
    await eventually(async () => assert.equal(place.begun.length, 2));
    let stopped = false;
    const stopping = place.kept.stop().then(() => (stopped = true));
    await eventually(async () => assert.equal(place.begun[1]!.state, 'stopping'));
    place.begun[1]!.finish();
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(stopped, false, 'the first one still works');
    place.begun[0]!.finish();
    await stopping;
    place.kept.restart();
    assert.equal(place.begun.length, 2);
  });

  it('does not hide that it cannot begin for the first time', async () => {
    await assert.rejects(
      RunnerSupervisor.start(() => Promise.reject(new Error('no database')), logger),
      /no database/,
    );
  });

  it('does jobs on, and none twice, after every session was ended', async () => {
    const database = await createTestDatabase();
    const client = new Client({ connectionString: database.url });
    await client.connect();
    const done: string[] = [];
    // A rejection that nothing handles fails the test: Jest sees to it.
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
