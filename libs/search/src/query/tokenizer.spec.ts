import fc from 'fast-check';
import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import { parseQuery } from './query';
import { fold, tokenize, tokenizeDescription, tokenizeQuery, wordsOf } from './tokenizer';

const indexed = (text: string): string[] => wordsOf(tokenize(text));
const queried = (text: string): string[] => wordsOf(tokenizeQuery(text));

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
    ['हिन्दी भाषा', ['हिन्दी', 'भाषा']],
    ['தமிழ், বাংলা', ['தமிழ்', 'বাংলা']],
    ['မြန်မာ', ['မြ', 'န်', 'မာ', 'မြန်', 'န်မာ']],
    ['ΟΔΟΣ.ΑΒ ΟΔΟΣ', ['οδοσ', 'αβ']],
    ['co\u00adoperate ක්\u200dෂ', ['cooperate', 'ක්ෂ']],
    ['⚙\ufe0f a\u0301 \u0301b', ['á', 'b']],
    ['', []],
    ['-- ⚙ --', []],
  ];
  for (const [text, words] of texts) {
    it(`indexes ${JSON.stringify(text)} under ${words.join(', ') || 'nothing'}`, () => {
      assert.deepEqual(indexed(text), words);
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
    it(`skips badges in ${description}`, () =>
      assert.deepEqual(wordsOf(tokenizeDescription(description)), words));
  }

  it('tokenizes ASCII texts like all others', () => {
    const plain = fc.string({ unit: 'grapheme-ascii', maxLength: 80 });
    fc.assert(
      fc.property(plain, (text) => assert.deepEqual([...indexed(text), 'é'], indexed(`${text} é`))),
      { numRuns: 5_000 },
    );
  });

  it('gives a query for a part of a text only words of that text', () => {
    for (const [text, query] of [
      ['汉化的 GitLab 社区版', '社区'],
      ['汉化的 GitLab 社区版', '版'],
      ['Ubuntu Linuxの日本語remix', '日本語'],
      ['ฐานข้อมูลแบบกระจาย', 'ข้อมูล'],
      ['ភាសាខ្មែរ', 'ខ្មែរ'],
      ['hello-world', 'World hello'],
    ] as const) {
      const words = new Set(indexed(text));
      assert.ok(
        queried(query).every((word) => words.has(word)),
        query,
      );
    }
  });

  // Letters, marks and digits of scripts of every kind: with and without case, with vowel signs, written without spaces.
  const scripts =
    'Latin Greek Cyrillic Armenian Georgian Hebrew Arabic Syriac Thaana Devanagari Bengali Gurmukhi Gujarati Oriya Tamil ' +
    'Telugu Kannada Malayalam Sinhala Thai Lao Tibetan Myanmar Khmer Mongolian Ethiopic Cherokee Hangul Hiragana Katakana ' +
    'Bopomofo Han Yi Javanese Balinese Tai_Tham Adlam Gothic Deseret Nko Tifinagh Runic';
  const charactersOf = new Map(
    scripts.split(' ').map((script) => {
      const own = new RegExp(`^\\p{sc=${script}}$`, 'u');
      const found: string[] = [];
      for (let code = 0x21; code < 0x1f000; code++) {
        if (code >= 0xd800 && code <= 0xdfff) continue;
        const character = String.fromCodePoint(code);
        if (own.test(character) && /[\p{L}\p{M}\p{N}]/u.test(character)) found.push(character);
      }
      return [script, found];
    }),
  );
  const common = ['\u0301', '\u0308', '\u200d', '\u200c', '\u00ad', '\ufe0f', '1', 'ß', 'ё', 'İ'];

  it('finds a text by each of its words, asked for alone, in every script', () => {
    const script = fc.constantFrom(...charactersOf.keys());
    const word = script.chain((name) => {
      const own = charactersOf.get(name)!;
      assert.ok(own.length > 5, name);
      const unit = fc.oneof(
        { weight: 9, arbitrary: fc.constantFrom(...own) },
        { weight: 1, arbitrary: fc.constantFrom(...common) },
      );
      return fc.array(unit, { minLength: 1, maxLength: 12 }).map((units) => units.join(''));
    });
    const separator = fc.constantFrom(
      ' ',
      ', ',
      '. ',
      ' - ',
      '; ',
      '\n',
      ' (',
      ') ',
      '\u3000',
      '…',
      ' "',
      '" ',
    );
    const text = fc.array(fc.tuple(word, separator), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(text, (pieces) => {
        const words = new Set(indexed(pieces.flat().join('')));
        for (const [one] of pieces) {
          const query = parseQuery(one);
          const hasWord = /[\p{L}\p{N}]/u.test(fold(one));
          assert.equal(query.words.length > 0, hasWord, JSON.stringify(one));
          for (const asked of query.words)
            assert.ok(words.has(asked), JSON.stringify([one, asked, [...words]]));
        }
      }),
      { numRuns: 5_000 },
    );
  });

  it('folds a folded text to itself', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        assert.equal(fold(fold(text)), fold(text));
      }),
      { numRuns: 5_000 },
    );
  });

  it('needs linear time for a hostile description', () => {
    const started = process.hrtime.bigint();
    for (const piece of ['[![', '![', '![](', '<img ', '[![a](', '](', 'á\u0301', 'က\u102d', '的\u3099'])
      wordsOf(tokenizeDescription(piece.repeat(20_000)));
    const milliseconds = Number(process.hrtime.bigint() - started) / 1e6;
    assert.ok(milliseconds < 2_000, `${milliseconds} ms`);
  });
});
