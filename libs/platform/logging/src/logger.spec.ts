import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { it } from '@jest/globals';

const canary = 'canary-7Qx';

// In a process of its own, whose output the test reads.
const script = `
const { createLogger, NestLogger } = require(${JSON.stringify(join(__dirname, 'index.js'))});
const error = Object.assign(new Error('value "${canary}"'), {
  query: "select '${canary}'", parameters: ['${canary}'],
  driverError: { code: '22P02', constraint: 'account_name_key', detail: 'Key (name)=(${canary})' },
});
const logger = createLogger({ level: 'trace', format: process.argv[1], role: 'test' });
const child = logger.child({ part: 'child' }, { redact: [] });
for (const log of [logger, child]) {
  log.error(error);
  log.error(error, 'with text');
  log.error({ err: error });
  log.warn({ err: error }, 'as err');
  log.warn({ error, nested: { reason: [error] } }, 'under other keys');
  log.warn('interpolated %s', error);
  log.warn('interpolated %o', error);
}
const nest = new NestLogger(logger);
nest.error(error);
nest.error('failed', error.stack);
nest.error('failed', error.stack, 'Context');
`;

it.each(['json', 'pretty'])('a logger writes no value of an error, wherever the error is (%s)', (format) => {
  const { stdout, stderr } = spawnSync(process.execPath, ['-e', script, format], { encoding: 'utf8' });
  assert.equal(stderr, '');
  assert.ok(!stdout.includes(canary), stdout);
  assert.equal(stdout.match(/with text|as err|under other keys/g)?.length, 6);
  if (format === 'pretty') return;
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.equal(lines.length, 17);
  const { err } = lines[0] as { err: Record<string, unknown> };
  assert.deepEqual(
    { ...err, stack: typeof err.stack },
    {
      type: 'Error',
      message: 'value "…"',
      sqlState: '22P02',
      constraint: 'account_name_key',
      stack: 'string',
    },
  );
});
