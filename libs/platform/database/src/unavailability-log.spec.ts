import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import type { Logger } from '@central-index/platform/logging';
import { QueryFailedError } from 'typeorm';
import { unavailabilityOf } from './unavailability';
import { UnavailabilityLog } from './unavailability-log';

const failure = (code: string): QueryFailedError =>
  new QueryFailedError('select', [], Object.assign(new Error('failed'), { code }));

/** A log whose lines and clock the test holds. */
function logAt(): { log: UnavailabilityLog; lines: string[]; clock: { ms: number } } {
  const lines: string[] = [];
  const clock = { ms: 1_000 };
  const write =
    (level: string) =>
    (fields: { suppressed?: number }, text: string): void =>
      void lines.push(`${level} ${text}${fields.suppressed ? ` (+${fields.suppressed})` : ''}`);
  const logger = { warn: write('warn'), error: write('error'), info: write('info') } as unknown as Logger;
  return { log: new UnavailabilityLog(logger, () => clock.ms), lines, clock };
}

describe('the log of failures of the database', () => {
  it.each([
    ['53100', 'disk full', false],
    ['53300', 'too many connections', false],
    ['57014', 'statement time-out', false],
    ['55P03', 'lock time-out', false],
    ['40001', 'transactions in conflict', false],
    ['57P01', 'cannot be reached', true],
    ['ECONNREFUSED', 'cannot be reached', true],
    ['28P01', 'refuses the login', true],
  ])('knows the cause of %s', (code, cause, isAway) => {
    assert.deepEqual(unavailabilityOf(failure(code)), { cause, isAway });
  });

  it.each(['23505', '22P02', '42P01', 'XX000'])('takes %s for no unavailability', (code) => {
    assert.equal(unavailabilityOf(failure(code)), undefined);
  });

  it('has one line a minute while the database is away, whatever notices it', () => {
    const { log, lines, clock } = logAt();
    // Nine failures per second for three minutes, with changing codes.
    for (let tick = 0; tick < 9 * 180; tick += 1) {
      const code = ['ECONNREFUSED', '57P03', 'ECONNRESET', '28P01'][tick % 4]!;
      log.report(failure(code), { source: `source ${tick % 5}` });
      clock.ms += 1000 / 9;
    }
    assert.equal(lines.length, 3, lines.join('\n'));
    assert.equal(lines[0], 'warn the database is unavailable: cannot be reached');
    assert.match(lines[1]!, /\(\+5[34]\d\)$/);
    log.recover();
    log.recover();
    assert.equal(lines.at(-1), 'info the database is available again');
    assert.equal(lines.length, 4);
  });

  it('has one line per cause in 10 s, for each cause', () => {
    const { log, lines, clock } = logAt();
    for (let tick = 0; tick < 100; tick += 1) {
      for (const code of ['53100', '57014', '42P01']) log.report(failure(code), {});
      clock.ms += 300;
    }
    const count = (text: string): number => lines.filter((line) => line.includes(text)).length;
    assert.deepEqual([count('disk full'), count('statement time-out'), count('fails')], [3, 3, 3]);
  });

  it('does not fill the log when the database comes and goes', () => {
    const { log, lines, clock } = logAt();
    for (let tick = 0; tick < 50; tick += 1) {
      log.report(failure('ECONNREFUSED'), {});
      log.recover();
      clock.ms += 1000;
    }
    assert.equal(lines.length, 2, lines.join('\n'));
  });
});
