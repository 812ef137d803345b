import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { RegistriesService } from '@central-index/registries';
import { Client } from 'pg';
import { testSecretKey } from '../support/database';
import { eventually } from '../support/eventually';
import { IndexUnderTest } from '../support/index-under-test';
import { ProductFixture } from '../support/product';

const ready = { database: 'ok', worker: 'ok', jobs: 'ok', events: 'ok' };

describe('the health of the product', () => {
  let index: IndexUnderTest;
  let sql: Client;
  let cli: ProductFixture;
  let hookSecret: string;

  beforeAll(async () => {
    index = await IndexUnderTest.start();
    sql = new Client({ connectionString: index.database.url });
    await sql.connect();
    cli = await ProductFixture.create();
    const registries = index.app.get(RegistriesService, { strict: false });
    const added = await registries.add({ name: 'main', url: 'http://127.0.0.1:1' }, { name: ':test' });
    hookSecret = added.hookSecret;
  });
  afterAll(async () => {
    await cli.remove();
    await sql.end();
    await index.stop();
  });

  /** What the probe and `doctor` say, once they agree with the expectation. */
  async function assertHealth(status: string, failing: Record<string, RegExp>): Promise<void> {
    await eventually(async () => {
      const response = await index.anonymous.get('/readyz');
      assert.equal(response.status, 200);
      assert.equal(response.headers['cache-control'], 'no-store');
      assertBody(response.json, status, failing);
    }, 20_000);
    const env = { DATABASE_URL: index.database.url, SECRET_KEY: testSecretKey };
    const { code, stdout } = await cli.run(['doctor', '--json'], env);
    assertBody(JSON.parse(stdout), status, failing);
    assert.equal(code, status === 'ready' ? 0 : 1);
  }
  function assertBody(
    body: { status: string; checks: Record<string, string> },
    status: string,
    failing: Record<string, RegExp>,
  ): void {
    assert.equal(body.status, status);
    assert.deepEqual(Object.keys(body.checks), Object.keys(ready));
    for (const [name, text] of Object.entries(body.checks)) {
      const pattern = failing[name];
      if (pattern === undefined) assert.equal(text, 'ok', name);
      else assert.match(text, pattern);
    }
  }
  async function assertMetric(name: string, value: (text: number) => boolean): Promise<void> {
    const line = new RegExp(`^central_index_${name} (.*)$`, 'm').exec(await index.metrics())?.[1];
    assert.ok(line !== undefined && value(Number(line)), `${name} is ${line}`);
  }

  it('is ready while everything works', async () => {
    await assertHealth('ready', {});
    await assertMetric('jobs_failed', (failed) => failed === 0);
    await assertMetric('worker_last_seen_timestamp_seconds', (seen) => Date.now() / 1000 - seen < 60);
  });

  it('is degraded, and still serves, once no worker has been alive for a minute', async () => {
    await index.stopWorker();
    await sql.query(`update worker_heartbeat set seen_at = seen_at - interval '90 seconds'`);
    await assertHealth('degraded', { worker: /^no worker has been alive for \d+ (s|min)$/ });
    await assertMetric('worker_last_seen_timestamp_seconds', (seen) => Date.now() / 1000 - seen > 85);
  });

  it('is degraded while jobs have failed for good or events wait for more than a minute', async () => {
    await sql.query(`update worker_heartbeat set seen_at = now()`);
    await sql.query(`select graphile_worker.add_job('no.such-job', '{}'::json, max_attempts := 1)`);
    await sql.query(
      `update graphile_worker._private_jobs set attempts = 1, last_error = 'failed' where max_attempts = 1`,
    );
    const body = {
      events: [{ id: 'waiting', action: 'push', target: { repository: 'alice/app', tag: 'v1' } }],
    };
    const response = await index.anonymous.bearer(hookSecret).post('/hooks/registry/main', body);
    assert.equal(response.status, 202);
    await sql.query(
      `update registry_event set state = 'pending', reason = null, applied_at = null,
              received_at = received_at - interval '2 minutes'`,
    );
    await assertHealth('degraded', {
      jobs: /^1 job has failed in all attempts/,
      events: /^an event of a registry has been waiting for \d+ (s|min)$/,
    });
    await assertMetric('jobs_failed', (failed) => failed === 1);
  });
});
