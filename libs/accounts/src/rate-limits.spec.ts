import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from '@jest/globals';
import { loadConfig, packageRoot, variableNames } from '@central-index/platform/config';
import { quotaText, rateLimits, type RateLimit } from './rate-limits';

const limits: [string, RateLimit][] = Object.entries(rateLimits);

describe('rate limits', () => {
  it('are listed in docs/tokens.md as the code has them', () => {
    const text = readFileSync(join(packageRoot, 'docs/tokens.md'), 'utf8');
    const listed = [...text.matchAll(/^\| `([a-z-]+)` +\|(.*)\|$/gm)].map(([, name, cells]) => [
      name,
      ...cells!.split('|').map((cell) => cell.trim()),
    ]);
    const expected = limits.map(([name, { what, per, quota, windowSeconds, setting }]) => [
      name,
      what,
      per,
      quota === undefined ? `off; in ${windowSeconds / 3_600} hours` : quotaText(quota, windowSeconds),
      setting === undefined ? 'always on' : `\`${setting}\``,
    ]);
    assert.deepEqual(listed, expected);
  });

  it('have settings that exist, with the same defaults', () => {
    for (const [, { setting }] of limits) assert.ok(setting === undefined || variableNames.includes(setting));
    assert.deepEqual(loadConfig({}).accounts.newRepositories, {
      perHour: rateLimits['new-repositories-per-hour'].quota,
      perDay: rateLimits['new-repositories-per-day'].quota,
    });
  });

  it('are written in words', () => {
    assert.deepEqual(
      [quotaText(1_000, 86_400), quotaText(200, 3_600), quotaText(10, 300), quotaText(7, 21_600)],
      ['1,000 per day', '200 per hour', '10 in 5 minutes', '7 in 6 hours'],
    );
  });
});
