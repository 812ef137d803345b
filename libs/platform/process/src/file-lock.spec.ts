import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, test } from '@jest/globals';
import { tryLock, waitForLock } from './file-lock';
import { ownIdentity } from './process-identity';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'file-lock-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function deadIdentity(): string {
  return `${spawnSync(process.execPath, ['-e', '']).pid}-1`;
}

test('a lock has one holder, whom the file names, and is free after its release', () => {
  const path = join(folder, 'once');
  const { lock } = tryLock(path);
  assert.ok(lock);
  assert.equal(readFileSync(path, 'utf8'), ownIdentity);
  assert.equal(tryLock(path).holder, process.pid);
  lock.release();
  assert.equal(existsSync(path), false);
  assert.ok(tryLock(path).lock);
});

for (const [what, content] of [
  ['of a dead process', deadIdentity()],
  ['of a reused pid', `${process.pid}-1`],
  ['that is empty', ''],
  ['of nonsense', '../../etc\0\n'],
] as const) {
  test(`a lock ${what} is taken over`, () => {
    const path = join(folder, 'stale');
    writeFileSync(path, content);
    const { lock } = tryLock(path);
    assert.ok(lock);
    assert.equal(readFileSync(path, 'utf8'), ownIdentity);
    lock.release();
    assert.deepEqual(
      [...readdirSync(folder)].filter((name) => name.startsWith('stale')),
      [],
    );
  });
}

test('waiting ends after the timeout with an error that names the holder', async () => {
  const path = join(folder, 'wait');
  const { lock } = tryLock(path);
  await assert.rejects(waitForLock(path, 60), new RegExp(`locked by process ${process.pid}`));
  lock?.release();
});

test('of many processes that find a dead holder, one at a time holds the lock', async () => {
  const path = join(folder, 'contended');
  const counter = join(folder, 'counter');
  writeFileSync(path, deadIdentity());
  writeFileSync(counter, '0');
  // Each reads, yields and writes a counter 20 times: two holders at the same time would lose a count.
  const script = `
    const { waitForLock } = require(${JSON.stringify(join(__dirname, 'file-lock.js'))});
    const { readFileSync, writeFileSync } = require('node:fs');
    (async () => {
      for (let i = 0; i < 20; i += 1) {
        const lock = await waitForLock(${JSON.stringify(path)}, 30000);
        const count = Number(readFileSync(${JSON.stringify(counter)}, 'utf8'));
        await new Promise((resolve) => setImmediate(resolve));
        writeFileSync(${JSON.stringify(counter)}, String(count + 1));
        if (i === 19 && process.argv[1] === 'die') process.kill(process.pid, 'SIGKILL');
        lock.release();
      }
    })();`;
  const children = ['live', 'live', 'die', 'die'].map((end) =>
    spawn(process.execPath, ['-e', script, end], { stdio: 'inherit' }),
  );
  const ends = await Promise.all(children.map((child) => once(child, 'exit')));
  assert.deepEqual(
    ends.map(([code, killed]) => killed ?? code),
    [0, 0, 'SIGKILL', 'SIGKILL'],
  );
  assert.equal(readFileSync(counter, 'utf8'), '80');
});
