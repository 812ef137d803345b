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

  it('says where it listens, where the data lies and what to do next', async () => {
    // It greets when all of its processes are ready, and serves with the first.
    const log = await until(20_000, async () => index.log().includes('Stop it with') && index.log());
    assert.match(log, new RegExp(`Central Index listens on ${index.url}\\b`));
    assert.match(log, /embedded PostgreSQL/);
    assert.ok(log.includes(index.dataFolder));
    assert.match(log, /admin create/);
    assert.match(log, /registry add/);
  });

  it('refuses a second start on the same data in one sentence', async () => {
    const said = refused(await Product.in(folder, await freePort()).command(['start']));
    assert.match(said, /^central-index: .* is in use by another .*\n$/);
  });

  it('refuses a port in use in one sentence, and leaves nothing running', async () => {
    const other = Product.in(temporaryFolder(), index.port);
    const said = refused(await other.command(['start']));
    const sentence = said.split('\n').filter((line) => line.startsWith('central-index: '));
    assert.equal(sentence.length, 1, said);
    assert.match(sentence[0]!, new RegExp(`\\b${index.port}\\b`));
    assert.doesNotMatch(said, /^\s+at /m);
    assert.deepEqual(other.processes(), []);
  });

  it('starts again a server and a worker that die', async () => {
    for (const role of ['server', 'worker']) {
      const [victim] = index.processes(role);
      assert.ok(victim !== undefined, role);
      const count = index.processes(role).length;
      process.kill(victim, 'SIGKILL');
      await until(15_000, async () => {
        const now = index.processes(role);
        return now.length === count && !now.includes(victim);
      });
    }
    await until(15_000, async () => (await fetch(`${index.url}/readyz`)).ok);
  });

  it('stops at once when asked, leaves nothing running, and has all its data when started again', async () => {
    await new Api(index.url).signUp(alice);
    succeeded(await index.command(['official', 'add', 'busybox']));
    assert.equal(await index.stop(), true, 'it ended by itself');
    assert.deepEqual(index.processes(), []);
    await index.start();
    const me = await new Api(index.url, alice).send('GET', '/api/v1/user');
    assert.equal(me.status, 200);
  });
});
