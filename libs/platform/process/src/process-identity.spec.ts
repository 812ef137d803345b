import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { test } from '@jest/globals';
import { identify, isAlive, ownIdentity, pidOf, signal, waitForEnd } from './process-identity';

test('a process is alive under its own identity, and only under that', () => {
  assert.equal(isAlive(ownIdentity), true);
  assert.equal(pidOf(ownIdentity), process.pid);
  // A reused pid has another start time.
  assert.equal(isAlive(`${process.pid}-1`), false);
});

test('malformed text is the identity of no process', () => {
  for (const text of [
    '',
    '1',
    '-1',
    `-${process.pid}`,
    '0-0',
    'a-b',
    '1-2-3',
    `${ownIdentity}\n`,
    '../1-1',
  ]) {
    assert.equal(isAlive(text), false, text);
  }
});

test('a process that has ended has no identity', () => {
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  assert.equal(identify(pid), undefined);
});

test('a signal is sent to the process of that identity, and to no other of the same pid', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  const identity = identify(child.pid!);
  assert.ok(identity);
  try {
    assert.equal(signal(`${child.pid}-1`, 'SIGKILL'), false);
    assert.equal(await waitForEnd(identity, 50), false);
    assert.equal(signal(identity, 'SIGKILL'), true);
    assert.equal(await waitForEnd(identity, 5_000), true);
  } finally {
    child.kill('SIGKILL');
  }
});
