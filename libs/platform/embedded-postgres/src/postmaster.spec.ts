import assert from 'node:assert/strict';
import { test } from '@jest/globals';
import fc from 'fast-check';
import { parsePidFile } from './postmaster';

const complete =
  '4242\n/srv/index/database/data\n1764000000\n20432\n\n127.0.0.1\n  1234567         7\nready   \n';

test('postmaster.pid states the process, its port and its status', () => {
  assert.deepEqual(parsePidFile(complete), { pid: 4242, port: 20432, status: 'ready' });
  assert.equal(parsePidFile(complete.replace('ready   ', 'stopping'))?.status, 'stopping');
});

test('a postmaster.pid that is being written never reports a server as ready on another port', () => {
  fc.assert(
    fc.property(fc.nat(complete.length), (length) => {
      const parsed = parsePidFile(complete.slice(0, length));
      if (parsed?.status === 'ready') assert.deepEqual(parsed, parsePidFile(complete));
    }),
  );
});

test('a malformed postmaster.pid is undefined', () => {
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
