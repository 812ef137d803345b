import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import fc from 'fast-check';
import { nextLink } from './page-link.interceptor';

const origin = 'https://index.example.org';

describe('the link to the next page', () => {
  const table: [url: string, link: string][] = [
    ['/api/v1/user/tokens', '/api/v1/user/tokens?cursor=NEXT'],
    ['/api/v1/user/tokens?per_page=5', '/api/v1/user/tokens?per_page=5&cursor=NEXT'],
    ['/api/v1/user/tokens?cursor=OLD&per_page=5', '/api/v1/user/tokens?cursor=NEXT&per_page=5'],
    ['/api/v1/search?q=a+b&page=3', '/api/v1/search?q=a+b&cursor=NEXT'],
    ['/api/v1/search?q=%E9%96%8B', '/api/v1/search?q=%E9%96%8B&cursor=NEXT'],
    ['//evil.example/api/v1/search?q=x', '//evil.example/api/v1/search?q=x&cursor=NEXT'],
    ['/api/v1/a>;b?q=>', '/api/v1/a%3E;b?q=%3E&cursor=NEXT'],
  ];
  for (const [url, link] of table) {
    it(`of ${url} is ${link}`, () => {
      assert.equal(nextLink(origin, url, 'NEXT'), `<${origin}${link}>; rel="next"`);
    });
  }

  it('has one target and one parameter for any address', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (path, query) => {
        const link = nextLink(origin, `/${path}?${query}`, 'abc');
        assert.match(
          link,
          /^<https:\/\/index\.example\.org\/[!-;=?-~]*[?&]cursor=abc[!-;=?-~]*>; rel="next"$/,
        );
      }),
    );
  });
});
