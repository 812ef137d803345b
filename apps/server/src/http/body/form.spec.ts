import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import { maxFields, parseForm } from './form';

const repeat = (count: number, name: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => `${name(index)}=v${index}`).join('&');

describe('form', () => {
  const cases: [string, Record<string, string | string[]>][] = [
    ['', {}],
    ['service=main&scope=a', { service: 'main', scope: 'a' }],
    ['scope=a&service=main&scope=b&scope=', { scope: ['a', 'b', ''], service: 'main' }],
    ['a=1%2B1+%C3%A9&b', { a: '1+1 é', b: '' }],
    ['&&a=1&&', { a: '1' }],
    ['a=%zz', { a: '%zz' }],
    ['constructor=1&hasOwnProperty=2', { constructor: '1', hasOwnProperty: '2' }],
  ];
  for (const [text, expected] of cases) {
    it(`parses ${JSON.stringify(text)}`, () => {
      assert.deepEqual({ ...parseForm(text) }, expected);
    });
  }

  it('keeps a field named like the prototype as a field', () => {
    const fields = parseForm('__proto__=x&__proto__=y');
    assert.deepEqual(Object.keys(fields), ['__proto__']);
    assert.deepEqual([...fields['__proto__']!], ['x', 'y']);
  });

  it('refuses more than 64 fields, whether they are distinct or repeated', () => {
    assert.equal(Object.keys(parseForm(repeat(maxFields, (index) => `f${index}`))).length, 64);
    assert.equal(parseForm(repeat(maxFields, () => 'scope'))['scope']!.length, 64);
    for (const name of [(index: number) => `f${index}`, () => 'scope']) {
      assert.throws(() => parseForm(repeat(maxFields + 1, name)), /at most 64 parameters/);
    }
  });
});
