import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import fc from 'fast-check';
import { isAccountName, isDigest, isTag, nameSkeleton, parseRepositoryName } from '.';

describe('repository names', () => {
  const parsed: [string, string, string][] = [
    ['centos', 'library/centos', 'centos'],
    ['library/centos', 'library/centos', 'centos'],
    ['alice/app', 'alice/app', 'alice/app'],
    ['a-b/c__d', 'a-b/c__d', 'a-b/c__d'],
    ['a---b/c.d', 'a---b/c.d', 'a---b/c.d'],
    ['x', 'library/x', 'x'],
  ];
  for (const [text, path, full] of parsed) {
    it(`parses ${text}`, () => {
      const name = parseRepositoryName(text);
      assert.equal(name?.path, path);
      assert.equal(name?.full, full);
      assert.equal(name?.official, path.startsWith('library/'));
    });
  }

  const refused = [
    '',
    '/',
    'a/',
    '/a',
    'a//b',
    'a/b/c',
    'Alice/app',
    'alice/App',
    'alice/.app',
    'alice/app.',
    'alice/a___b',
    'a/b',
    'host.io:5000/bob/app',
    'alice/app:v1',
    'alice/app@sha256',
    'аlice/app',
    'alice/ap p',
    'alice/app\n',
    'alice%2fapp',
    'alice/..',
    '-a/b',
    'a_/b',
    '0'.repeat(64),
    `alice/${'a'.repeat(256)}`,
  ];
  for (const text of refused) {
    it(`refuses ${JSON.stringify(text.slice(0, 40))}`, () =>
      assert.equal(parseRepositoryName(text), undefined));
  }

  it('parses its own output, in both spellings', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), (text) => {
        const name = parseRepositoryName(text);
        if (name === undefined) return;
        assert.deepEqual(parseRepositoryName(name.path), name);
        assert.deepEqual(parseRepositoryName(name.full), name);
      }),
    );
  });

  it('returns within milliseconds for any input', () => {
    const startedAt = performance.now();
    for (const invalid of ['a'.repeat(254) + '!', 'a-'.repeat(120), 'a'.repeat(50_000) + '/'])
      parseRepositoryName(invalid);
    assert.ok(performance.now() - startedAt < 50);
  });
});

describe('account names', () => {
  for (const name of ['bob', 'alice', 'a-b', 'a_b', 'x11', 'a'.repeat(30)]) {
    it(`accepts ${name}`, () => assert.ok(isAccountName(name)));
  }
  for (const name of [
    '',
    'ab',
    'Bob',
    'a__b',
    'a--b',
    '-ab',
    'ab-',
    'a.b',
    'a b',
    'bоb',
    'bob\n',
    'a'.repeat(31),
  ]) {
    it(`refuses ${JSON.stringify(name)}`, () => assert.ok(!isAccountName(name)));
  }

  it('look alike by skeleton', () => {
    assert.equal(nameSkeleton('pay-pal'), nameSkeleton('paypa1'));
    assert.equal(nameSkeleton('modern'), nameSkeleton('m0dem'));
    assert.equal(nameSkeleton('r-n'), nameSkeleton('m'));
    assert.equal(nameSkeleton('vvalter'), nameSkeleton('walter'));
    assert.equal(nameSkeleton('v_valter'), nameSkeleton('walter'));
    assert.equal(nameSkeleton('vw'), nameSkeleton('wv'));
    assert.equal(nameSkeleton('vvv'), nameSkeleton('vw'));
    assert.equal(nameSkeleton('5usan'), nameSkeleton('susan'));
    assert.equal(nameSkeleton('8o8'), nameSkeleton('bob'));
    assert.notEqual(nameSkeleton('vale'), nameSkeleton('wale'));
    assert.notEqual(nameSkeleton('alice'), nameSkeleton('alicia'));
  });
});

describe('references', () => {
  it('are tags and digests by the specification', () => {
    for (const tag of ['latest', 'v1.0', '_x', 'A', 'a'.repeat(128)]) assert.ok(isTag(tag), tag);
    for (const tag of ['', '.x', '-x', 'a/b', 'a:b', 'a'.repeat(129), 'a\n']) assert.ok(!isTag(tag), tag);
    assert.ok(isDigest(`sha256:${'0'.repeat(64)}`));
    for (const digest of ['sha256:0', `sha256:${'A'.repeat(64)}`, `md5:${'0'.repeat(32)}`])
      assert.ok(!isDigest(digest));
  });
});
