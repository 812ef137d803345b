import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, utimesSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { packageRoot } from '@central-index/platform/config';
import { renewHealthFile } from '@central-index/platform/process';
import { freePort } from '../support/free-port';
import { createLogger } from '@central-index/platform/logging';

/** Runs bin/health.js. Resolves to its exit code and message. */
function check(args: readonly string[], env: Record<string, string>): Promise<[number | null, string]> {
  const child = spawn(process.execPath, [join(packageRoot, 'bin', 'health.js'), ...args], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let message = '';
  child.stderr.on('data', (chunk: Buffer) => (message += chunk.toString()));
  return new Promise((resolve) => child.on('close', (code) => resolve([code, message])));
}

describe('the health check of a container', () => {
  let status = 200;
  let server: Server;
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'health-'));
    server = createServer((request, response) => {
      response.writeHead(request.url === '/healthz' ? status : 404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });

  it('requests /healthz of a server, whatever address it listens on', async () => {
    const PORT = String((server.address() as AddressInfo).port);
    assert.deepEqual(await check(['server'], { PORT, HOST: '0.0.0.0' }), [0, '']);
    assert.deepEqual(await check(['server'], { PORT }), [0, '']);
    status = 503;
    assert.deepEqual(await check(['server'], { PORT }), [1, 'unhealthy: /healthz answered 503\n']);
    const [code, message] = await check(['server'], { PORT: String(await freePort()) });
    assert.equal(code, 1);
    assert.match(message, /^unhealthy: connect ECONNREFUSED/);
  });

  it('requires that the worker has renewed its file', async () => {
    const file = join(folder, 'worker');
    assert.equal((await check(['worker'], {}))[0], 1);
    assert.equal((await check(['worker'], { WORKER_HEALTH_FILE: file }))[0], 1);
    const logger = createLogger({ level: 'fatal', format: 'json', role: 'test' });
    const stop = renewHealthFile(file, logger);
    assert.deepEqual(await check(['worker'], { WORKER_HEALTH_FILE: file }), [0, '']);
    stop();
    const longAgo = Date.now() / 1000 - 31;
    utimesSync(file, longAgo, longAgo);
    assert.match((await check(['worker'], { WORKER_HEALTH_FILE: file }))[1], /was last active 3\d s ago/);
  });

  it('survives a file that cannot be written', () => {
    const logger = createLogger({ level: 'fatal', format: 'json', role: 'test' });
    renewHealthFile(join(folder, 'no', 'such', 'folder'), logger)();
  });
});
