import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import { canonicalRepositoryPattern, isRepositoryPattern } from './repository-pattern';

describe('repository patterns', () => {
  for (const right of [
    'alice/app',
    'alice/*',
    '*/*',
    'library/centos',
    'alice/web-*',
    'a.b_c/x--y',
    'redis',
    'redis*',
    'b'.repeat(247),
  ]) {
    it(`may be ${right.slice(0, 20)}`, () => assert.ok(isRepositoryPattern(right)));
  }
  for (const wrong of [
    '*',
    'Redis',
    '.redis',
    'alice/app/deep',
    'Alice/app',
    'alice/',
    '/app',
    '',
    'alice/ap p',
    'a/b:c',
    `a/${'b'.repeat(254)}`,
    'b'.repeat(248),
  ]) {
    it(`may not be ${wrong.slice(0, 20) || 'empty'}`, () => assert.ok(!isRepositoryPattern(wrong)));
  }

  it('name official repositories with or without library', () => {
    assert.equal(canonicalRepositoryPattern('redis'), 'library/redis');
    assert.equal(canonicalRepositoryPattern('redis*'), 'library/redis*');
    assert.equal(canonicalRepositoryPattern('library/redis'), 'library/redis');
    assert.equal(canonicalRepositoryPattern('alice/*'), 'alice/*');
  });
});
