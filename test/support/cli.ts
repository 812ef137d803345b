import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { testSecretKey } from './database';
import type { IndexUnderTest } from './index-under-test';
import type { CommandResult } from './product';

const program = join(__dirname, '..', '..', 'apps', 'cli', 'src', 'main.js');

/** Runs a command of the product on the database of an index until it exits. */
export function runCommand(index: IndexUnderTest, ...args: string[]): Promise<CommandResult> {
  const child = spawn(process.execPath, [program, ...args], {
    env: {
      PATH: process.env.PATH,
      DATABASE_URL: index.database.url,
      SECRET_KEY: testSecretKey,
      PUBLIC_URL: index.config.server.publicUrl,
      ALLOW_HTTP: '1',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
}
