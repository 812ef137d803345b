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

test('what was recorded and still runs is ended, even when it ignores SIGTERM; nothing else is', async () => {
  const polite = await idle('');
  const deaf = await idle(`process.on('SIGTERM', () => {})`);
  const stranger = await idle('');
  try {
    const ends = [polite, deaf].map((child) => once(child, 'exit'));
    writePids(path, [polite.pid!, deaf.pid!]);
    assert.equal(await reapOrphans(path), 2);
    const signals = (await Promise.all(ends)).map((end) => end[1] as unknown);
    assert.deepEqual(signals, ['SIGTERM', 'SIGKILL']);
    assert.equal(stranger.signalCode, null);

    // The same pid, recorded for a process that began at another time.
    writeFileSync(path, `${stranger.pid}-1\n`);
    assert.equal(await reapOrphans(path), 0);
    assert.equal(stranger.signalCode, null);
  } finally {
    for (const child of [polite, deaf, stranger]) child.kill('SIGKILL');
  }
});

test('no record means nothing to end', async () => {
  assert.equal(await reapOrphans(join(path, '..', 'absent')), 0);
});
