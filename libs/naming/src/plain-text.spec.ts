import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import { countCodePoints, isBlank, isLines, isOneLine } from './plain-text';

describe('plain text', () => {
  it.each([
    ['', 0],
    ['abc', 3],
    ['🐳', 1],
    ['é', 1],
    ['e\u0301', 2],
    ['👩‍💻', 3],
    ['\ud83d', 1],
  ])('%j has %i code points', (text, expected) => assert.equal(countCodePoints(text), expected));

  it.each([
    ['A web server', true],
    ['خادم ويب \u200f(nginx)\u200e', true],
    ['\u061cשרת', true],
    ['the \u2067שם\u2069 of it', true],
    ['\u2066a \u2067b\u2069 c\u2069', true],
    ['\u202enimda\u202c', false],
    ['\u202a', false],
    ['\u202b', false],
    ['\u202c', false],
    ['\u202d', false],
    ['\u2066 open', false],
    ['\u2067\u2068\u2069', false],
    ['closed \u2069 twice', false],
    ['\u2069\u2066', false],
    ['a\nb', false],
    ['a\u2028b', false],
    ['a\0b', false],
    ['a\u001b[31m', false],
    ['half \ud83d', false],
    ['\udc00 half', false],
  ])('%j is one line: %s', (text, expected) => {
    assert.equal(isOneLine(text), expected);
    assert.equal(isLines(text), expected || text === 'a\nb' || text === 'a\u2028b');
  });

  it('has isolates that end on their line', () => {
    assert.equal(isLines('\u2067a\u2069\n\u2067b\u2069\r\nc\td'), true);
    for (const end of ['\n', '\r', '\r\n', '\u2028', '\u2029'])
      assert.equal(isLines(`\u2067a${end}b\u2069`), false);
  });

  it.each([
    ['', true],
    [' \t\n', true],
    ['\u00a0\u3000\u2003', true],
    ['\u200b\u200d\ufeff\u00ad', true],
    ['\u3164\u115f\u1160\uffa0', true],
    ['\u2800', true],
    ['\u200f', true],
    ['\ufe0f', true],
    ['.', false],
    ['\u200f.', false],
    ['空', false],
  ])('%j is blank: %s', (text, expected) => assert.equal(isBlank(text), expected));
});
