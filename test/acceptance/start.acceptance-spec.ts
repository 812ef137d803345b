import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { Api } from './support/api';
import { freePort, temporaryFolder } from './support/environment';
import { refused, succeeded } from './support/processes';
import { Product } from './support/product';
import { until } from './support/until';
import { alice } from './support/docker-fixture';

describe('start', () => {
  let folder: string;
  let index: Product;

  beforeAll(async () => {
    folder = temporaryFolder();
    index = await Product.start(folder);
  });
  afterAll(() => index?.stop());

  it('prints its address, the data folder and the next steps', async () => {
    // It serves with its first process, and prints the banner when all of them are ready.
    const log = await until(20_000, async () => index.log().includes('Stop it with') && index.log());
    assert.match(log, new RegExp(`Central Index listens on ${index.url}\\b`));
    assert.match(log, /embedded PostgreSQL/);
    assert.ok(log.includes(index.dataFolder));
    assert.match(log, /admin create/);
    assert.match(log, /registry add/);
  });

  it('rejects a second start on the same data with one sentence', async () => {
    const output = refused(await Product.in(folder, await freePort()).command(['start']));
    assert.match(output, /^central-index: .* is in use by another .*\n$/);
  });

  it('fails on a port in use with one sentence, and leaves no process behind', async () => {
    const other = Product.in(temporaryFolder(), index.port);
    const output = refused(await other.command(['start']));
    const sentence = output.split('\n').filter((line) => line.startsWith('central-index: '));
    assert.equal(sentence.length, 1, output);
    assert.match(sentence[0]!, new RegExp(`\\b${index.port}\\b`));
    assert.doesNotMatch(output, /^\s+at /m);
    assert.deepEqual(other.processes(), []);
  });

  it('restarts a server and a worker that die', async () => {
    for (const role of ['server', 'worker']) {
      const [pid] = index.processes(role);
      assert.ok(pid !== undefined, role);
      const count = index.processes(role).length;
      process.kill(pid, 'SIGKILL');
      await until(15_000, async () => {
        const now = index.processes(role);
        return now.length === count && !now.includes(pid);
      });
    }
    await until(15_000, async () => (await fetch(`${index.url}/readyz`)).ok);
  });

  it('stops on request, leaves no process behind, and has all data after a restart', async () => {
    await new Api(index.url).signUp(alice);
    succeeded(await index.command(['official', 'add', 'busybox']));
    assert.equal(await index.stop(), true, 'it exited on SIGTERM');
    assert.deepEqual(index.processes(), []);
    await index.start();
    const me = await new Api(index.url, alice).send('GET', '/api/v1/user');
    assert.equal(me.status, 200);
  });
});
