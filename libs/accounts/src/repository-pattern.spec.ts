import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import { isRepositoryPattern } from './repository-pattern';

describe('repository patterns', () => {
  for (const right of ['alice/app', 'alice/*', '*/*', 'library/centos', 'alice/web-*', 'a.b_c/x--y']) {
    it(`may be ${right}`, () => assert.ok(isRepositoryPattern(right)));
  }
  for (const wrong of [
    '*',
    'centos',
    'alice/app/deep',
    'Alice/app',
    'alice/',
    '/app',
    '',
    'alice/ap p',
    'a/b:c',
    `a/${'b'.repeat(254)}`,
  ]) {
    it(`may not be ${wrong.slice(0, 20) || 'empty'}`, () => assert.ok(!isRepositoryPattern(wrong)));
  }
});
