import assert from 'node:assert/strict';
import { test } from '@jest/globals';
import fc from 'fast-check';
import { parsePidFile } from './postmaster';

const whole =
  '4242\n/srv/index/database/data\n1764000000\n20432\n\n127.0.0.1\n  1234567         7\nready   \n';

test('postmaster.pid tells who runs, where, and that it is ready', () => {
  assert.deepEqual(parsePidFile(whole), { pid: 4242, port: 20432, status: 'ready' });
  assert.equal(parsePidFile(whole.replace('ready   ', 'stopping'))?.status, 'stopping');
});

test('postmaster.pid that is being written is never taken for a server that is ready elsewhere', () => {
  fc.assert(
    fc.property(fc.nat(whole.length), (length) => {
      const parsed = parsePidFile(whole.slice(0, length));
      if (parsed?.status === 'ready') assert.deepEqual(parsed, parsePidFile(whole));
    }),
  );
});

test('postmaster.pid of another shape is nothing', () => {
  for (const text of [
    '',
    '\n',
    'x\ny\nz\n5432',
    '-4242\n/data\n1\n5432\n\n\n\nready',
    '4242\n/data\n1\n0\n\n\n\nready',
  ]) {
    assert.equal(parsePidFile(text), undefined, JSON.stringify(text));
  }
});
