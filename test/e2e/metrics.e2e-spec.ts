import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, it } from '@jest/globals';
import { Actor } from '../support/client';
import { eventually } from '../support/eventually';
import { freePort } from '../support/free-port';
import { describeUnless } from '../support/jest';
import { ProductFixture, type RunningProduct } from '../support/product';

const skip = existsSync('/proc/self/environ') ? false : 'needs /proc to find the processes of the product';

describeUnless(skip, 'metrics', () => {
  let fixture: ProductFixture;
  let product: RunningProduct;
  let operator: Actor;

  beforeAll(async () => {
    fixture = await ProductFixture.create();
    const port = await freePort();
    product = fixture.start(['start'], { METRICS_PORT: String(port), RATE_LIMITS: 'off' });
    await product.ready();
    operator = new Actor(`http://127.0.0.1:${port}`);
  });
  afterAll(() => fixture.remove());

  const pids = (pattern: RegExp): number[] =>
    fixture.processes().flatMap(({ pid, command }) => (pattern.test(command) ? [pid] : []));
  const page = async (): Promise<string> => {
    const { status, text } = await operator.get('/metrics');
    assert.equal(status, 200);
    return text;
  };
  /** The sum of the values of all series of a metric whose labels match. */
  const sum = (text: string, name: string, labels = /(?:)/): number =>
    [...text.matchAll(new RegExp(`^${name}(\\{.*\\})? (.*)$`, 'gm'))]
      .filter(([, found = '']) => labels.test(found))
      .reduce((total, [, , value]) => total + Number(value), 0);

  it('are not on the public port, and are the only page of their own', async () => {
    assert.equal((await product.anonymous.get('/metrics')).status, 404);
    assert.equal((await operator.get('/readyz')).status, 404);
    assert.equal((await operator.post('/metrics')).status, 405);
  });

  it('count over all processes and the worker, and never less after one was killed', async () => {
    const requests = /route="\/healthz",method="GET",status="200"/;
    // Connections are assigned to the processes in turn.
    for (let n = 0; n < 10; n += 1) await product.anonymous.get('/healthz');
    await product.anonymous.get('/token?service=central-index');
    await product.anonymous.basic('nobody', 'wrong password').get('/token?service=central-index');
    await product.anonymous.get('/no/such/page-of-this-name');
    const name = 'central_index_http_request_duration_seconds_count';
    let text = '';
    await eventually(async () => {
      text = await page();
      assert.equal(sum(text, name, requests), 10);
    }, 30_000);
    assert.equal(sum(text, 'central_index_tokens_total', /result="issued"/), 1);
    assert.equal(sum(text, 'central_index_tokens_total', /result="unauthorized"/), 1);
    assert.doesNotMatch(text, /page-of-this-name/);
    assert.ok(sum(text, 'central_index_database_pool_connections', /state="idle"/) >= 2);
    assert.ok(sum(text, 'central_index_signing_key_expiry_timestamp_seconds') > Date.now() / 1000);
    assert.ok(sum(text, 'central_index_worker_last_seen_timestamp_seconds') > Date.now() / 1000 - 60);
    assert.match(text, /^central_index_jobs_failed 0$/m);
    assert.match(text, /^central_index_jobs_pending \d+$/m);
    assert.match(text, /^process_resident_memory_bytes\{role="server"\} /m);
    assert.match(text, /^process_resident_memory_bytes\{role="worker"\} /m);
    assert.match(text, /^central_index_search_fallback 0$/m);

    const recorded = readFileSync(join(fixture.dataDir, 'start.children'), 'utf8');
    process.kill(pids(/apps\/server/)[0]!, 'SIGKILL');
    await eventually(async () => {
      assert.notEqual(readFileSync(join(fixture.dataDir, 'start.children'), 'utf8'), recorded);
      assert.equal(pids(/apps\/server/).length, 2);
    }, 30_000);
    await eventually(async () => {
      const later = await page();
      assert.notEqual(later, text);
      assert.equal(sum(later, name, requests), 10);
    }, 30_000);
  });

  it('are measured at most once in five seconds', async () => {
    const before = await page();
    const start = performance.now();
    let changedAfter = 0;
    await eventually(async () => {
      assert.notEqual(await page(), before);
      changedAfter = performance.now() - start;
    }, 30_000);
    const pages = new Set<string>();
    const first = performance.now();
    // The page was just measured.
    while (performance.now() - first < 3_000) pages.add(await page());
    assert.equal(pages.size, 1, `changed after ${changedAfter} ms`);
  });

  it('are served while the database is frozen, without what only it knows', async () => {
    const database = pids(/postgres/);
    assert.ok(database.length > 3);
    for (const pid of database) process.kill(pid, 'SIGSTOP');
    try {
      await eventually(async () => {
        const start = performance.now();
        const text = await page();
        assert.ok(performance.now() - start < 5_000);
        assert.doesNotMatch(text, /^central_index_jobs_failed /m);
        assert.match(text, /^central_index_http_request_duration_seconds_count/m);
      }, 30_000);
      const start = performance.now();
      const probe = await product.anonymous.get('/readyz');
      assert.ok(performance.now() - start < 2_500);
      assert.equal(probe.status, 503);
      assert.equal(probe.json.status, 'unavailable');
    } finally {
      for (const pid of database) process.kill(pid, 'SIGCONT');
    }
    await eventually(async () => assert.match(await page(), /^central_index_jobs_failed 0$/m), 60_000);
  });
});
