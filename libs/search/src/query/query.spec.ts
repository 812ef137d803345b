import fc from 'fast-check';
import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import { parseQuery } from './query';

// typed, normalised text, exact paths, namespace, name
type Row = [typed: string, text: string, paths: string[], namespace?: string, name?: string];

const table: Row[] = [
  ['centos', 'centos', ['library/centos'], undefined, 'centos'],
  ['  CentOS ', 'centos', ['library/centos'], undefined, 'centos'],
  ['library/centos', 'centos', ['library/centos'], undefined, 'centos'],
  ['docker.io/centos', 'centos', ['docker.io/centos', 'library/centos'], undefined, 'centos'],
  ['docker.io/library/centos', 'centos', ['library/centos'], undefined, 'centos'],
  ['https://docker.io/library/centos', 'centos', ['library/centos'], undefined, 'centos'],
  ['docker://alice/app:v1', 'alice/app', ['alice/app'], 'alice', 'app'],
  ['localhost:5000/alice/app', 'alice/app', ['alice/app'], 'alice', 'app'],
  ['localhost/app', 'app', ['localhost/app', 'library/app'], undefined, 'app'],
  ['registry.example.org:5000/app', 'app', ['library/app'], undefined, 'app'],
  ['alice/app', 'alice/app', ['alice/app'], 'alice', 'app'],
  ['some.where/app', 'app', ['some.where/app', 'library/app'], undefined, 'app'],
  ['alice/', 'alice/', [], 'alice', undefined],
  ['alice//', 'alice/', [], 'alice', undefined],
  ['library/', 'library/', [], 'library', undefined],
  ['localhost:5000/', '', [], undefined, undefined],
  ['php:7.2-apache', 'php', ['library/php'], undefined, 'php'],
  ['alice/app:latest', 'alice/app', ['alice/app'], 'alice', 'app'],
  [`alice/app@sha256:${'0'.repeat(64)}`, 'alice/app', ['alice/app'], 'alice', 'app'],
  [`app:v1@sha256:${'a'.repeat(64)}`, 'app', ['library/app'], undefined, 'app'],
  ['"redis"', 'redis', ['library/redis'], undefined, 'redis'],
  ['‘redis’', 'redis', ['library/redis'], undefined, 'redis'],
  ['-redis', 'redis', ['library/redis'], undefined, 'redis'],
  ['redis-', 'redis', ['library/redis'], undefined, 'redis'],
  ['redis_', 'redis', ['library/redis'], undefined, 'redis'],
  ['my_', 'my', ['library/my'], undefined, 'my'],
  ['(redis)!', 'redis', ['library/redis'], undefined, 'redis'],
  ['/redis', 'redis', ['library/redis'], undefined, 'redis'],
  ['a', 'a', ['library/a'], undefined, 'a'],
  ['ＲＥＤＩＳ', 'redis', ['library/redis'], undefined, 'redis'],
  ['node base', 'node base', [], undefined, undefined],
  ['docker.io/library/node  -base', 'node base', [], undefined, undefined],
  ['a/b/c', 'a/b/c', [], undefined, undefined],
  ['镜像', '镜像', [], undefined, undefined],
  ['“हिन्दी”', 'हिन्दी', [], undefined, undefined],
  ['தமிழ்', 'தமிழ்', [], undefined, undefined],
  ['⚙️ redis ⚙️', 'redis', ['library/redis'], undefined, 'redis'],
  ['c++', 'c', ['library/c'], undefined, 'c'],
  ['std::vector', 'std::vector', [], undefined, undefined],
  ['-', '', [], undefined, undefined],
  ['', '', [], undefined, undefined],
  [' \u0000 ', '', [], undefined, undefined],
  ['re\u0000dis', 're dis', [], undefined, undefined],
  ['%', '', [], undefined, undefined],
  ["'; drop table repository; --", 'drop table repository', [], undefined, undefined],
];

describe('parseQuery', () => {
  for (const [typed, text, paths, namespace, name] of table) {
    it(`parses ${JSON.stringify(typed)}`, () => {
      const { words: _words, alternates: _alternates, ...query } = parseQuery(typed);
      assert.deepEqual({ namespace: undefined, name: undefined, ...query }, { text, paths, namespace, name });
    });
  }

  it('returns the words of the text', () => {
    assert.deepEqual(parseQuery('Hello-World').words, ['hello', 'world']);
    assert.deepEqual(parseQuery('alice/my_app').words, ['alice', 'my', 'app']);
    assert.deepEqual(parseQuery('node base node').words, ['node', 'base']);
    assert.deepEqual(parseQuery('数据库').words, ['数据', '据库']);
    assert.deepEqual(parseQuery('像').words, ['像']);
    assert.equal(parseQuery('a b c d e f g h i j k l m').words.length, 10);
  });

  it('truncates several words at 100 characters, one at 255, and splits no character', () => {
    assert.equal(parseQuery('x'.repeat(5000)).text.length, 255);
    assert.equal(parseQuery('xyz '.repeat(5000)).text, 'xyz '.repeat(25).trim());
    assert.equal(Array.from(parseQuery('𠮷'.repeat(5000)).text).length, 255);
  });

  it('reads the longest names whole, with whatever is around them', () => {
    for (const name of [
      `alice/${'a-b.c_d'.repeat(40).slice(0, 248)}e`,
      `${'n'.repeat(127)}/${'r'.repeat(127)}`,
    ]) {
      for (const typed of [name, `${'h'.repeat(200)}.example:5000/${name}:${'t'.repeat(128)}`]) {
        assert.deepEqual(parseQuery(typed).paths.at(-1), name);
      }
    }
  });

  const anything = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.string({ unit: fc.constantFrom(...'ab/:.@-_ "\'\u0000像é%1'), maxLength: 30 }),
  );

  it('does not change a normalised text', () => {
    fc.assert(
      fc.property(anything, (typed) => {
        const { text, words } = parseQuery(typed);
        assert.equal(parseQuery(text).text, text);
        assert.deepEqual(parseQuery(text).words, words);
      }),
    );
  });

  it('bounds the length and the words, and returns words whenever there is text', () => {
    fc.assert(
      fc.property(anything, (typed) => {
        const { text, words, name, namespace } = parseQuery(typed);
        assert.ok(Array.from(text).length <= (text.includes(' ') ? 100 : 255) && words.length <= 10);
        assert.equal(words.length > 0, text !== '');
        assert.doesNotMatch(text, /["'\u0000-\u001f]|^[-_./:@]|[-_.:@]$/);
        for (const part of [name ?? 'a', namespace ?? 'a']) assert.match(part, /^[a-z0-9][a-z0-9._-]*$/);
      }),
    );
  });

  const part = fc.stringMatching(/^[a-z][a-z0-9]{0,8}(?:[._-][a-z0-9]{1,4})?$/);

  it('returns the same path for every spelling of a name', () => {
    const host = fc.constantFrom(
      '',
      'docker.io/',
      'localhost:5000/',
      'r.example.org/',
      'https://r.example.org/',
    );
    const tail = fc.constantFrom(
      '',
      ':latest',
      ':1.0-rc_1',
      '@sha256:0abc',
      ':v1@sha256:0abc',
      '-',
      '_',
      '"',
    );
    const namespace = part.filter(
      (name) => name.length > 1 && !name.includes('.') && name !== 'localhost' && name !== 'library',
    );
    fc.assert(
      fc.property(host, namespace, part, tail, (before, first, second, after) => {
        const { paths } = parseQuery(`${before}${first.toUpperCase()}/${second}${after}`);
        assert.ok(paths.includes(`${first}/${second}`));
      }),
    );
    fc.assert(
      fc.property(host, part, tail, (before, name, after) => {
        assert.ok(parseQuery(`${before}library/${name}${after}`).paths.includes(`library/${name}`));
        assert.ok(parseQuery(`${before}${name}${after}`).paths.includes(`library/${name}`));
      }),
    );
  });
});
