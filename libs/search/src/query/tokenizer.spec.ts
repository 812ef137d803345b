import fc from 'fast-check';
import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import { queryTokens, indexTokens, descriptionTokens } from './tokenizer';

describe('tokens', () => {
  const texts: [text: string, words: string[]][] = [
    ['nginx-proxy', ['nginx', 'proxy']],
    ['my_app.v2', ['my', 'app', 'v2']],
    ['The The THE', ['the']],
    ['PostgreSQL 9.4!', ['postgresql', '9', '4']],
    ['Café', ['café']],
    ['IBM® Java™ Runtime', ['ibm', 'java', 'runtime']],
    ['数据库', ['数', '据', '库', '数据', '据库']],
    ['數據庫', ['数', '据', '库', '数据', '据库']],
    ['GitLab社区版', ['gitlab', '社', '区', '版', '社区', '区版']],
    ['', []],
    ['-- ⚙ --', []],
  ];
  for (const [text, words] of texts) {
    it(`indexes ${JSON.stringify(text)} under ${words.join(', ') || 'nothing'}`, () => {
      assert.deepEqual(indexTokens(text), words);
    });
  }

  const badges: [description: string, words: string[]][] = [
    ['[![Build Status](https://ci.example.org/b.svg)](https://ci.example.org/b) Redis', ['redis']],
    ['![codecov](https://codecov.example.org/a.svg) Redis ![stars](x)', ['redis']],
    ['Redis [![Build Status](https://ci.exa', ['redis']],
    ['Redis [![Build Sta', ['redis']],
    ['<img src="https://ci.example.org/badge.svg" alt="passing"> Redis', ['redis']],
    ['A [link](https://example.org) stays!', ['a', 'link', 'https', 'example', 'org', 'stays']],
  ];
  for (const [description, words] of badges) {
    it(`skips badges in ${description}`, () => assert.deepEqual(descriptionTokens(description), words));
  }

  it('tokenizes ASCII texts like all others', () => {
    const plain = fc.string({ unit: 'grapheme-ascii', maxLength: 80 });
    fc.assert(
      fc.property(plain, (text) => assert.deepEqual([...indexTokens(text), 'é'], indexTokens(`${text} é`))),
      { numRuns: 5_000 },
    );
  });

  it('gives a query for a part of a text only words of that text', () => {
    for (const [text, query] of [
      ['汉化的 GitLab 社区版', '社区'],
      ['汉化的 GitLab 社区版', '版'],
      ['Ubuntu Linuxの日本語remix', '日本語'],
      ['hello-world', 'World hello'],
    ] as const) {
      const words = new Set(indexTokens(text));
      assert.ok(
        queryTokens(query).every((word) => words.has(word)),
        query,
      );
    }
  });

  it('needs linear time for a hostile description', () => {
    const started = process.hrtime.bigint();
    for (const piece of ['[![', '![', '![](', '<img ', '[![a](', ']('])
      descriptionTokens(piece.repeat(20_000));
    const milliseconds = Number(process.hrtime.bigint() - started) / 1e6;
    assert.ok(milliseconds < 1_000, `${milliseconds} ms`);
  });
});
