import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import { imageTextOf } from './image-text';

describe('the text of an image', () => {
  const rows: [labels: Record<string, string>, text: string][] = [
    [{}, ''],
    [{ title: 'Shop', description: 'Sells zebras', vendor: 'ACME Ltd.' }, 'Shop Sells zebras ACME Ltd.'],
    [{ licenses: 'Apache-2.0 OR (MIT AND GPL-3.0-only)' }, 'Apache20 MIT GPL30only'],
    [{ source: 'https://github.com/acme/web-shop' }, 'githubcom acme web-shop'],
    [{ documentation: 'https://docs.example.org/', url: 'no link' }, 'docsexampleorg'],
    [{ revision: 'abc', version: '1.0', created: '2026-01-01' }, ''],
  ];
  for (const [labels, text] of rows) {
    it(`of ${JSON.stringify(labels)} is ${JSON.stringify(text)}`, () => {
      assert.equal(imageTextOf(labels), text);
    });
  }

  it('is cut without splitting a character', () => {
    assert.equal(Array.from(imageTextOf({ description: '𠮷'.repeat(5_000) })).length, 1_000);
  });
});
