import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { describe } from '@jest/globals';
import { itUnless } from '../../../../test/support/jest';

const script = `
  const { createLogger } = require(${JSON.stringify(join(__dirname, 'logger.js'))});
  const logger = createLogger({ level: 'info', format: 'json', role: 'test' });
  let n = 0;
  const timer = setInterval(() => {
    for (let line = 0; line < 100; line += 1) logger.info({ text: 'x'.repeat(100) }, 'a line');
    if ((n += 1) < 10) return;
    clearInterval(timer);
    process.send('alive', () => process.exit(0));
  }, 30);
`;

describe('a log whose disk is full', () => {
  const skip = existsSync('/dev/full') ? false : 'needs /dev/full';
  itUnless(skip, 'does not end the process', async () => {
    const child = spawn(process.execPath, ['-e', script], {
      stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe', 'ipc'],
    });
    let errors = '';
    child.stderr!.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    let said: unknown;
    child.on('message', (message) => (said = message));
    const [code] = (await once(child, 'exit')) as [number | null];
    assert.deepEqual({ code, said, errors }, { code: 0, said: 'alive', errors: '' });
  });
});
