import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import { isCrossSite } from './cross-site';

const own = 'https://index.example.org';

describe('cross-site requests (S10)', () => {
  const table: [method: string, headers: Record<string, string>, refused: boolean][] = [
    ['POST', {}, false],
    ['POST', { 'sec-fetch-site': 'same-origin', origin: own }, false],
    ['POST', { 'sec-fetch-site': 'none' }, false],
    ['POST', { 'sec-fetch-site': 'cross-site', origin: own }, true],
    ['POST', { 'sec-fetch-site': 'same-site', origin: 'https://evil.example.org' }, true],
    ['POST', { origin: own }, false],
    ['POST', { origin: 'https://evil.org' }, true],
    ['POST', { origin: 'null' }, true],
    ['POST', { origin: 'http://index.example.org' }, true],
    ['DELETE', { origin: 'https://evil.org' }, true],
    ['PATCH', { 'sec-fetch-site': 'cross-site' }, true],
    ['PUT', { 'sec-fetch-site': 'anything-new' }, true],
    ['GET', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.org' }, false],
    ['HEAD', { 'sec-fetch-site': 'cross-site' }, false],
  ];
  for (const [method, headers, refused] of table) {
    it(`${refused ? 'refuses' : 'accepts'} ${method} ${JSON.stringify(headers)}`, () =>
      assert.equal(isCrossSite(method, headers, own), refused));
  }
});
