import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, test } from '@jest/globals';
import { reapOrphans, writePids } from './pid-file';

let path: string;
beforeAll(() => {
  path = join(mkdtempSync(join(tmpdir(), 'children-')), 'start.children');
});
afterAll(() => rmSync(join(path, '..'), { recursive: true, force: true }));

const idle = async (script: string): Promise<ChildProcess> => {
  const child = spawn(process.execPath, [
    '-e',
    `${script}; process.stdout.write('up'); setInterval(() => {}, 1000)`,
  ]);
  await once(child.stdout, 'data');
  return child;
};

test('ends recorded processes that still run, with SIGKILL if they ignore SIGTERM, and no others', async () => {
  const obedient = await idle('');
  const ignoring = await idle(`process.on('SIGTERM', () => {})`);
  const unrecorded = await idle('');
  try {
    const ends = [obedient, ignoring].map((child) => once(child, 'exit'));
    writePids(path, [obedient.pid!, ignoring.pid!]);
    assert.equal(await reapOrphans(path), 2);
    const signals = (await Promise.all(ends)).map((end) => end[1] as unknown);
    assert.deepEqual(signals, ['SIGTERM', 'SIGKILL']);
    assert.equal(unrecorded.signalCode, null);

    // The same pid, recorded for a process that started at another time.
    writeFileSync(path, `${unrecorded.pid}-1\n`);
    assert.equal(await reapOrphans(path), 0);
    assert.equal(unrecorded.signalCode, null);
  } finally {
    for (const child of [obedient, ignoring, unrecorded]) child.kill('SIGKILL');
  }
});

test('ends nothing without a file', async () => {
  assert.equal(await reapOrphans(join(path, '..', 'absent')), 0);
});
