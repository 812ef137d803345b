import assert from 'node:assert/strict';
import { test } from '@jest/globals';
import { assessHealth, type HealthFacts } from './health';

const now = new Date('2026-03-01T12:00:00Z');
const ago = (seconds: number): Date => new Date(now.getTime() - seconds * 1000);
const good: HealthFacts = { workerLastSeen: ago(5), failedJobs: 0, oldestEvent: undefined };

test('is ready while a worker is alive, no job has failed for good and no event waits', () => {
  const expected = { database: 'ok', worker: 'ok', jobs: 'ok', events: 'ok' };
  assert.deepEqual(assessHealth(good, now), { status: 'ready', checks: expected });
  const atLimits = { ...good, workerLastSeen: ago(60), oldestEvent: ago(60) };
  assert.deepEqual(assessHealth(atLimits, now), { status: 'ready', checks: expected });
  // The clock of the database may be ahead.
  assert.equal(assessHealth({ ...good, workerLastSeen: ago(-3), oldestEvent: ago(-3) }, now).status, 'ready');
});

const cases: [what: string, facts: Partial<HealthFacts>, check: 'worker' | 'jobs' | 'events', RegExp][] = [
  ['no worker for 61 s', { workerLastSeen: ago(61) }, 'worker', /for 61 s$/],
  ['no worker for hours', { workerLastSeen: ago(7_300) }, 'worker', /for 121 min$/],
  ['no worker ever', { workerLastSeen: undefined }, 'worker', /ever/],
  ['a failed job', { failedJobs: 1 }, 'jobs', /^1 job has failed/],
  ['failed jobs', { failedJobs: 20 }, 'jobs', /^20 jobs have failed/],
  ['an event that waits', { oldestEvent: ago(61) }, 'events', /waiting for 61 s$/],
];
for (const [what, facts, check, text] of cases) {
  test(`is degraded with ${what}, and names nothing else`, () => {
    const { status, checks } = assessHealth({ ...good, ...facts }, now);
    assert.equal(status, 'degraded');
    for (const [name, value] of Object.entries(checks)) {
      if (name === check) assert.match(value, text);
      else assert.equal(value, 'ok');
    }
  });
}

test('is unavailable without the database, and claims nothing about the rest', () => {
  const { status, checks } = assessHealth(undefined, now);
  assert.equal(status, 'unavailable');
  assert.match(checks.database, /does not answer/);
  for (const check of [checks.worker, checks.jobs, checks.events]) assert.match(check, /^unknown/);
});
