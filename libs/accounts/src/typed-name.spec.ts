import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import { isMeantAsEmail, toAccountName } from './typed-name';

describe('a typed account name', () => {
  for (const [typed, name] of [
    ['alice', 'alice'],
    ['Alice', 'alice'],
    ['ALICE-b_2', 'alice-b_2'],
    // The Kelvin sign and the dotted I become ASCII letters in Unicode's lower case; they make no name here.
    ['\u212aevin', '\u212aevin'],
    ['al\u0130ce', 'al\u0130ce'],
    ['', ''],
  ] as const) {
    it(`${JSON.stringify(typed)} is ${JSON.stringify(name)}`, () => assert.equal(toAccountName(typed), name));
  }

  for (const text of ['alice@example.org', 'Alice@Example.ORG', 'a@b', 'a+b@c.d']) {
    it(`${text} is meant as an e-mail address`, () => {
      assert.ok(isMeantAsEmail(text));
      assert.throws(() => toAccountName(text), /use the user name, not the e-mail address/);
    });
  }
  for (const text of ['@', 'alice@', '@alice', 'a b@c', 'a@b@c', 'alice', '']) {
    it(`${JSON.stringify(text)} is not meant as an e-mail address`, () => assert.ok(!isMeantAsEmail(text)));
  }
});
