import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import { DomainError } from '@central-index/platform/errors';
import fc from 'fast-check';
import { parseScopes } from './scope';

type Row = readonly [scopes: string | readonly string[], answer: string];

// The answer is written as `type name action,action`, entries separated by ` ; `, or `400`.
const table: readonly Row[] = [
  // what clients really send
  ['repository:bob/app:pull', 'repository bob/app pull'],
  ['repository:bob/app:push,pull', 'repository bob/app push,pull'],
  ['repository:bob/app:pull,push', 'repository bob/app pull,push'],
  ['repository:bob/app:push,pull,delete', 'repository bob/app push,pull,delete'],
  ['repository:bob/sk:*', 'repository bob/sk *'],
  ['repository:alpine:pull', 'repository alpine pull'],
  ['repository:library/alpine:pull', 'repository library/alpine pull'],
  ['registry:catalog:*', 'registry catalog *'],
  ['registry:catalog:search', 'registry catalog search'],
  ['registry:catalog:*,search', 'registry catalog *,search'],
  ['repository::pull', 'repository  pull'],
  // nothing asked: a login
  [[], ''],
  ['', ''],
  [['', ''], ''],
  [' ', ''],
  ['     ', ''],
  // several: repeated parameters, space lists, both
  [['repository:a/b:pull', 'repository:c/d:pull'], 'repository a/b pull ; repository c/d pull'],
  ['repository:a/b:pull repository:c/d:pull', 'repository a/b pull ; repository c/d pull'],
  [
    ['repository:a/b:pull repository:c/d:pull', 'repository:e/f:pull'],
    'repository a/b pull ; repository c/d pull ; repository e/f pull',
  ],
  [
    'repository:bob/pushed:pull repository:bob/pushed:pull,push repository:carol/copy:pull',
    'repository bob/pushed pull,push ; repository carol/copy pull',
  ],
  [['repository:bob/app:push,pull', 'repository:bob/app:pull'], 'repository bob/app push,pull'],
  ['repository:a/b:pull  repository:a/b:pull', 'repository a/b pull'],
  [' repository:a/b:pull ', 'repository a/b pull'],
  [['', 'repository:a/b:pull', ''], 'repository a/b pull'],
  ['repository:a/b:pull registry:catalog:*', 'repository a/b pull ; registry catalog *'],
  [
    'repository:centos:pull repository:library/centos:pull',
    'repository centos pull ; repository library/centos pull',
  ],
  ['repository:catalog:pull registry:catalog:*', 'repository catalog pull ; registry catalog *'],
  // a colon in the name: the first and the last one count
  ['repository:h:5000/a/b:pull', 'repository h:5000/a/b pull'],
  ['repository:host.io:5000/bob/app:pull', 'repository host.io:5000/bob/app pull'],
  ['repository:a/b:c:push', 'repository a/b:c push'],
  ['repository:a:b:c:d:push', 'repository a:b:c:d push'],
  ['repository:[::1]:5000/a/b:pull', 'repository [::1]:5000/a/b pull'],
  ['repository:::pull', 'repository : pull'],
  ['repository:pull:push:pull', 'repository pull:push pull'],
  ['repository:::', 'repository : '],
  // the class is dropped, and does not make another resource
  ['repository(plugin):a/b:pull', 'repository a/b pull'],
  ['repository(plugin):a/b:pull repository:a/b:push', 'repository a/b pull,push'],
  ['repository(image):a/b:pull repository(plugin):a/b:pull', 'repository a/b pull'],
  // actions
  ['repository:a/b:', 'repository a/b '],
  ['repository:a/b:,', 'repository a/b '],
  ['repository:a/b:,pull,,push,', 'repository a/b pull,push'],
  ['repository:a/b:pull,pull', 'repository a/b pull'],
  ['repository:a/b:pull,*', 'repository a/b pull,*'],
  ['repository:a/b:PUSH', 'repository a/b PUSH'],
  ['repository:a/b:pull;push', 'repository a/b pull;push'],
  ['repository:a/b:fly', 'repository a/b fly'],
  // well formed, but never granted: the parser does not judge names and types
  ['repository:A/B:push', 'repository A/B push'],
  ['repository:a/b/c:pull', 'repository a/b/c pull'],
  ['repository:../b:pull', 'repository ../b pull'],
  ['repository:a%2fb:pull', 'repository a%2fb pull'],
  ['repository:a/*:pull', 'repository a/* pull'],
  ['repository:/a/b:pull', 'repository /a/b pull'],
  ['Repository:a/b:pull', 'Repository a/b pull'],
  ['plugin:a/b:pull', 'plugin a/b pull'],
  ['registry:other:*', 'registry other *'],
  ['repository:__proto__:pull', 'repository __proto__ pull'],
  [`repository:${'a'.repeat(300)}:pull`, `repository ${'a'.repeat(300)} pull`],
  // not of the form
  ['x', '400'],
  ['repository', '400'],
  ['repository:a/b', '400'],
  [':', '400'],
  ['::', '400'],
  [':a/b:pull', '400'],
  ['(plugin):a/b:pull', '400'],
  ['repository(:a/b:pull', '400'],
  ['repository():a/b:pull', '400'],
  ['repository(plugin)x:a/b:pull', '400'],
  ['repo sitory:a/b:pull', '400'],
  ['repo-sitory:a/b:pull', '400'],
  ['repository:a b:pull', '400'],
  ['repository:a/b:pull, push', '400'],
  ['repository:a/b:pull\trepository:c/d:pull', '400'],
  ['repository:a/b:pull\n', '400'],
  ['repository:a/b\0:pull', '400'],
  ['repository:а/b:pull', '400'],
  ['repository:a/b:pull\u00a0', '400'],
  [['repository:a/b:pull', 'bad'], '400'],
  ['repository:a/b:pull bad', '400'],
  [`repository:${'a'.repeat(100_000)}:pull`, '400'],
  [Array.from({ length: 64 }, (_, i) => `repository:a/b${i}:pull`), 'many'],
  [Array.from({ length: 65 }, (_, i) => `repository:a/b${i}:pull`), '400'],
];

function answerOf(scopes: string | readonly string[]): string {
  try {
    const parsed = parseScopes(typeof scopes === 'string' ? [scopes] : scopes);
    if (parsed.length > 10) return 'many';
    return parsed.map(({ type, name, actions }) => `${type} ${name} ${actions.join(',')}`).join(' ; ');
  } catch (error) {
    assert.ok(error instanceof DomainError && error.code === 'INVALID_SCOPE', String(error));
    return String(error.status);
  }
}

describe('S16: the scope table', () => {
  assert.ok(table.length >= 60);
  for (const [scopes, answer] of table) {
    const title = JSON.stringify(scopes);
    it(title.length > 90 ? `${title.slice(0, 90)}…` : title, () => assert.equal(answerOf(scopes), answer));
  }
});

/**
 * Says by itself which (type, name, action) triples a request names: one regular expression over the whole text, where
 * the parser cuts it up. Undefined where the request must be refused.
 */
function oracle(values: readonly string[]): Set<string> | undefined {
  const text = values.join(' ');
  if (values.join('').length > 8192) return undefined;
  const triples = new Set<string>();
  const names = new Set<string>();
  for (const [word] of text.matchAll(/[^ ]+/g)) {
    const match = /^(?<type>[a-z\d]+)(?:\([a-z\d]+\))?:(?<name>[!-~]*):(?<actions>[!-9;-~]*)$/i.exec(word);
    if (match?.groups === undefined) return undefined;
    const { type, name, actions } = match.groups as Record<'type' | 'name' | 'actions', string>;
    names.add(`${type} ${name}`);
    for (const [action] of actions.matchAll(/[^,]+/g)) triples.add(`${type} ${name} ${action}`);
  }
  return names.size > 64 ? undefined : triples;
}

function parsedTriples(values: readonly string[]): Set<string> | undefined {
  try {
    const all = parseScopes(values).flatMap(({ type, name, actions }) =>
      actions.map((action) => `${type} ${name} ${action}`),
    );
    assert.equal(new Set(all).size, all.length, 'nothing is listed twice');
    return new Set(all);
  } catch (error) {
    assert.ok(error instanceof DomainError && error.status === 400, String(error));
    return undefined;
  }
}

const piece = fc.oneof(
  fc.constantFrom(
    'repository',
    'registry',
    'repository(plugin)',
    'a/b',
    'library/x',
    'host.io:5000/a/b',
    'catalog',
  ),
  fc.constantFrom(
    ':',
    '::',
    ',',
    ' ',
    '  ',
    '/',
    '*',
    'pull',
    'push',
    'delete',
    'search',
    '%2f',
    '..',
    '\t',
    '\0',
    'é',
  ),
  fc.string({ maxLength: 6, unit: 'grapheme' }),
);
const formed = fc
  .tuple(
    fc.constantFrom('repository', 'registry', 'repository(plugin)', 'Repository', 'x1'),
    fc.constantFrom('a/b', 'a', 'h:1/a/b', 'A/B', '', 'catalog'),
    fc.array(fc.constantFrom('pull', 'push', 'delete', '*', '', 'search'), { maxLength: 4 }),
  )
  .map(([type, name, actions]) => `${type}:${name}:${actions.join(',')}`);
const mutated = fc.tuple(formed, fc.nat(), piece).map(([text, at, added]) => {
  const cut = at % (text.length + 1);
  return text.slice(0, cut) + added + text.slice(cut + (at % 2));
});
const value = fc.oneof(
  formed,
  mutated,
  fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join('')),
  fc.array(formed, { maxLength: 70 }).map((list) => list.join(' ')),
);
const request = fc.array(value, { maxLength: 4 });

describe('S15: fuzzed scopes', () => {
  it('name exactly what an independent reading finds in them', () => {
    fc.assert(
      fc.property(request, (values) => assert.deepEqual(parsedTriples(values), oracle(values))),
      { numRuns: 30_000 },
    );
  });

  it('mean the same as parameters and as one list with spaces', () => {
    fc.assert(
      fc.property(fc.array(formed, { maxLength: 20 }), (list) =>
        assert.deepEqual(parseScopes(list), parseScopes([list.join(' ')])),
      ),
    );
  });

  it('are read the same again when written down', () => {
    fc.assert(
      fc.property(fc.array(formed, { maxLength: 20 }), (list) => {
        const once = parseScopes(list);
        const written = once.map(({ type, name, actions }) => `${type}:${name}:${actions.join(',')}`);
        assert.deepEqual(parseScopes(written), once);
      }),
    );
  });

  it('cost little whatever they are', () => {
    const hostile = [' ', ':', ',', 'a:', '::::', 'repository(', 'repository:a/b:pull ', '*,'];
    for (const text of hostile) {
      const started = performance.now();
      parsedTriples([text.repeat(1_000_000 / text.length)]);
      parsedTriples([text.repeat(Math.floor(8_192 / text.length))]);
      assert.ok(performance.now() - started < 50, `${JSON.stringify(text)} took too long`);
    }
  });
});
