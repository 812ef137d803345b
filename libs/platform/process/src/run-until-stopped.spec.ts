import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, it } from '@jest/globals';

interface TestProcess {
  readonly child: ChildProcess;
  /** Everything that the process has logged. */
  readonly logged: () => string;
  /** Its exit code. */
  readonly end: Promise<unknown>;
}

/** Starts a process that logs to its standard output. `stop` is the source of its function of that name. */
async function startProcess(stop: string, setup = ''): Promise<TestProcess> {
  const script = `
    const { logUnhandledRejections, runUntilStopped } = require(${JSON.stringify(join(__dirname, 'run-until-stopped.js'))});
    const log = (fields, message) => console.log(message, fields.reason ?? fields.err.message);
    const logger = { info: log, error: log };
    logUnhandledRejections(logger);
    setInterval(() => {}, 1000);
    runUntilStopped({ logger, stop: ${stop} });
    ${setup}
    console.log('ready');`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  let output = '';
  child.stdout!.on('data', (chunk) => (output += String(chunk)));
  // Not `close`, which a child process whose channel was disconnected here never emits.
  const end = Promise.all([once(child, 'exit'), once(child.stdout!, 'end')]).then(
    ([[code]]) => code as unknown,
  );
  await once(child.stdout!, 'data');
  return { child, logged: () => output, end };
}

describe('a process that runs until it is stopped', () => {
  for (const name of ['SIGTERM', 'SIGINT'] as const) {
    it(`stops on ${name} and exits with 0`, async () => {
      const { child, logged, end } = await startProcess(`async () => console.log('stopped')`);
      child.kill(name);
      assert.equal(await end, 0);
      assert.equal(logged(), `ready\nstopping ${name}\nstopped\n`);
    });
  }

  it('stops when its supervisor has ended', async () => {
    const { child, logged, end } = await startProcess(`async () => console.log('stopped')`);
    child.disconnect();
    assert.equal(await end, 0);
    assert.equal(logged(), 'ready\nstopping supervisor disconnected\nstopped\n');
  });

  it('stops once, however many signals it receives', async () => {
    const { child, logged, end } = await startProcess(
      `() => new Promise((resolve) => { process.send('called'); process.on('message', resolve); })`,
    );
    child.kill('SIGTERM');
    await once(child, 'message');
    child.kill('SIGINT');
    child.kill('SIGTERM');
    child.send('finish');
    assert.equal(await end, 0);
    assert.equal(logged(), 'ready\nstopping SIGTERM\n');
  });

  it('exits with 1 when it does not stop cleanly', async () => {
    const { child, logged, end } = await startProcess(`async () => { throw new Error('busy'); }`);
    child.kill('SIGTERM');
    assert.equal(await end, 1);
    assert.match(logged(), /did not stop cleanly busy\n$/);
  });

  it('logs an unhandled rejection and continues', async () => {
    const { child, logged, end } = await startProcess(
      `async () => undefined`,
      `Promise.reject(new Error('lost')); setTimeout(() => process.send('continues'), 10);`,
    );
    await once(child, 'message');
    child.kill('SIGTERM');
    assert.equal(await end, 0);
    assert.equal(logged(), 'ready\nunhandled rejection lost\nstopping SIGTERM\n');
  });
});
