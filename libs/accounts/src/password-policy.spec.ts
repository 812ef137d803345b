import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from '@jest/globals';
import { packageRoot } from '@central-index/platform/config';
import fc from 'fast-check';
import { passwordPolicyViolation } from './password-policy';

const rules = { minLength: 10, ownWords: ['alice', 'alice@example.org'] };
const violation = (password: string, minLength = 10): string | undefined =>
  passwordPolicyViolation(password, { ...rules, minLength });

describe('the password policy (S03, S04)', () => {
  it('refuses every common password, even with the smallest PASSWORD_MIN_LENGTH, in any capitalisation', () => {
    const list = readFileSync(join(packageRoot, 'libs', 'accounts', 'data', 'common-passwords.txt'), 'utf8')
      .split('\n')
      .filter(Boolean);
    assert.ok(list.length >= 3_000);
    const passed = list.filter((word) =>
      [word, word.toUpperCase()].some((form) => violation(form, 8) === undefined),
    );
    assert.deepEqual(passed, []);
  });

  // The most common passwords of eight or more characters in any list, so that the file is not compared with itself.
  for (const common of [
    'password',
    'password1',
    'Password123',
    '1234567890',
    'qwertyuiop',
    'iloveyou',
    'sunshine',
    'football',
    'princess1',
    '1q2w3e4r5t',
    'aaaaaaaaaaaa',
    '1212121212',
  ]) {
    it(`refuses ${common}`, () => assert.notEqual(violation(common, 8), undefined));
  }

  for (const own of [
    'alice12345',
    'ALICE-alice',
    'alice@example.org',
    'central-index',
    'CentralIndex1',
    'dockerdocker',
    'registry2026',
  ]) {
    it(`refuses ${own}, made of the person's or the service's words`, () =>
      assert.match(violation(own)!, /made of/));
  }

  it('accepts long passwords that merely contain such a word', () => {
    assert.equal(violation('alice rides a bicycle'), undefined);
    assert.equal(violation('a long password of alice'), undefined);
    assert.equal(violation('my docker whale sings'), undefined);
  });

  it('counts code points, not bytes or UTF-16 units', () => {
    assert.equal(violation('😀🐳🦑🎈🚲🌍🍋🎹🧩'), 'must have at least 10 characters');
    assert.equal(violation('😀🐳🦑🎈🚲🌍🍋🎹🧩🪁'), undefined);
    assert.equal(violation('x1y2z3w4v', 9), undefined);
    assert.equal(violation('x1y2z3w4', 9), 'must have at least 9 characters');
  });

  it('accepts at most 1024 bytes', () => {
    assert.equal(violation('äb3'.repeat(256)), undefined);
    assert.equal(violation(`${'äb3'.repeat(256)}x`), 'must have at most 1024 bytes');
  });

  it('refuses what looks like an access token', () => {
    assert.match(violation('ci_pat_my own password')!, /access token/);
  });

  it('accepts 200 random passwords of 15 to 64 characters, with spaces and all of Unicode', () => {
    const random = fc.string({ unit: 'grapheme', minLength: 15, maxLength: 64 });
    fc.assert(
      fc.property(random, (password) => {
        // NFKC may shorten, and few different characters are no random password.
        fc.pre(new Set(password.normalize('NFKC').toLowerCase()).size > 8);
        assert.equal(violation(password), undefined);
      }),
      { numRuns: 200 },
    );
  });
});
