import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, it } from '@jest/globals';
import { eventually } from '../support/eventually';
import { describeUnless } from '../support/jest';
import { ProductFixture, type RunningProduct } from '../support/product';

const skip = existsSync('/proc/self/environ') ? false : 'needs /proc to find the processes of the product';

describeUnless(skip, 'start, when its data folder fails', () => {
  let fixture: ProductFixture;
  let product: RunningProduct;
  const elsewhere = (): string => `${fixture.dataDir}.elsewhere`;

  beforeAll(async () => {
    fixture = await ProductFixture.create();
  });
  afterAll(() => fixture.remove());

  const pids = (pattern: RegExp): number[] =>
    fixture.processes().flatMap(({ pid, command }) => (pattern.test(command) ? [pid] : []));
  const killServer = async (): Promise<void> => {
    const before = pids(/apps\/server/);
    process.kill(before[0]!, 'SIGKILL');
    await eventually(async () => {
      const now = pids(/apps\/server/);
      assert.ok(now.length === before.length && !now.includes(before[0]!));
    }, 60_000);
  };

  it('keeps restarting children while it cannot write', async () => {
    product = fixture.start();
    await product.ready();
    // A file that cannot be written, like any file on a full disk.
    const blocker = join(fixture.dataDir, 'start.children.new');
    mkdirSync(blocker);
    await killServer();
    rmSync(blocker, { recursive: true });
    assert.ok(product.hasPrinted(/could not record the child processes/));
  });

  it('survives that the folder vanishes, and continues when it is back', async () => {
    renameSync(fixture.dataDir, elsewhere());
    // The newest, which may not listen yet: the other one serves meanwhile.
    process.kill(Math.max(...pids(/apps\/server/)), 'SIGKILL');
    await eventually(async () => {
      assert.ok(product.hasPrinted(/ENOENT[^\n]*could not record the child processes/));
      assert.ok(product.hasPrinted(/restarting the server/));
    }, 30_000);
    assert.equal((await product.anonymous.get('/healthz')).status, 200);
    renameSync(elsewhere(), fixture.dataDir);
    await eventually(async () => {
      const children = readFileSync(join(fixture.dataDir, 'start.children'), 'utf8')
        .split('\n')
        .filter(Boolean);
      assert.equal(children.length, 3);
      assert.equal(pids(/apps\/server/).length, 2);
    }, 60_000);
  });

  it('stops PostgreSQL at its end although the folder vanished, and creates no other database', async () => {
    renameSync(fixture.dataDir, elsewhere());
    const { code } = await product.stop();
    assert.equal(code, 0);
    assert.deepEqual(pids(/postgres/), []);
    assert.equal(existsSync(fixture.dataDir), false);
    renameSync(elsewhere(), fixture.dataDir);
  });

  it('leaves no PostgreSQL behind when it is killed after the folder vanished', async () => {
    product = fixture.start();
    await product.ready();
    assert.notDeepEqual(pids(/postgres/), []);
    renameSync(fixture.dataDir, elsewhere());
    await product.kill();
    // Earlier than PostgreSQL itself, which looks for its folder every minute.
    await eventually(async () => assert.deepEqual(pids(/postgres/), []), 30_000);
    renameSync(elsewhere(), fixture.dataDir);
  });
});
