import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from '@jest/globals';
import { packageRoot } from '@central-index/platform/config';
import fc from 'fast-check';
import { passwordPolicyViolation } from './password-policy';

const rules = { minLength: 10, ownWords: ['alice', 'alice@example.org'] };
const fault = (password: string, minLength = 10): string | undefined =>
  passwordPolicyViolation(password, { ...rules, minLength });

describe('password rules (S03, S04)', () => {
  it('refuse every common password, at the least minimum too, and however it is capitalised', () => {
    const list = readFileSync(join(packageRoot, 'libs', 'accounts', 'data', 'common-passwords.txt'), 'utf8')
      .split('\n')
      .filter(Boolean);
    assert.ok(list.length >= 3_000);
    const passed = list.filter((word) =>
      [word, word.toUpperCase()].some((form) => fault(form, 8) === undefined),
    );
    assert.deepEqual(passed, []);
  });

  // The most common ones of eight characters and more that any list has, so that the file is not its own judge.
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
    it(`refuse ${common}`, () => assert.notEqual(fault(common, 8), undefined));
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
    it(`refuse ${own}, made of the person's or the service's words`, () =>
      assert.match(fault(own)!, /made of/));
  }

  it('let long passwords pass that merely hold such a word', () => {
    assert.equal(fault('alice rides a bicycle'), undefined);
    assert.equal(fault('a long password of alice'), undefined);
    assert.equal(fault('my docker whale sings'), undefined);
  });

  it('count code points, not bytes or UTF-16 units', () => {
    assert.equal(fault('😀🐳🦑🎈🚲🌍🍋🎹🧩'), 'must have at least 10 characters');
    assert.equal(fault('😀🐳🦑🎈🚲🌍🍋🎹🧩🪁'), undefined);
    assert.equal(fault('x1y2z3w4v', 9), undefined);
    assert.equal(fault('x1y2z3w4', 9), 'must have at least 9 characters');
  });

  it('take 1024 bytes and no more', () => {
    assert.equal(fault('äb3'.repeat(256)), undefined);
    assert.equal(fault(`${'äb3'.repeat(256)}x`), 'must have at most 1024 bytes');
  });

  it('refuse what would be taken for an access token', () => {
    assert.match(fault('ci_pat_my own password')!, /access token/);
  });

  it('let 200 random passwords of 15 to 64 characters pass, spaces and all of Unicode included', () => {
    const random = fc.string({ unit: 'grapheme', minLength: 15, maxLength: 64 });
    fc.assert(
      fc.property(random, (password) => {
        // NFKC may shorten, and few different characters are no random password.
        fc.pre(new Set(password.normalize('NFKC').toLowerCase()).size > 8);
        assert.equal(fault(password), undefined);
      }),
      { numRuns: 200 },
    );
  });
});
