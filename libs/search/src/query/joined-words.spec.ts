import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import { withoutAccents } from './accents';
import { joinedByPunctuation, joinedNeighbours } from './joined-words';
import { parseQuery } from './query';
import { tokenize } from './tokenizer';

describe('joined words', () => {
  it('are the pairs of a name and all of it', () => {
    assert.deepEqual(joinedNeighbours(tokenize('node-exporter')), ['nodeexporter']);
    assert.deepEqual(joinedNeighbours(tokenize('php_my.admin')), ['phpmy', 'myadmin', 'phpmyadmin']);
    assert.deepEqual(joinedNeighbours(tokenize('1.2-app')), ['2app', '12app']);
    assert.deepEqual(joinedNeighbours(tokenize('数据 app')), []);
    assert.deepEqual(joinedNeighbours(tokenize('redis')), []);
  });

  it('are what punctuation joins in a sentence', () => {
    assert.deepEqual(joinedByPunctuation(tokenize('Node.js for CI/CD, e-mail; https://a.example/b')), [
      'nodejs',
      'cicd',
      'email',
      'aexample',
      'exampleb',
      'aexampleb',
    ]);
    assert.deepEqual(joinedByPunctuation(tokenize('rabbit mq 1.2.3 a/b/c/d/e/f')), []);
  });

  it('stand for the words of a query', () => {
    const alternates = (q: string) =>
      parseQuery(q).alternates.map(({ word, covers }) => `${word}: ${covers.join(' ')}`);
    assert.deepEqual(alternates('rabbit mq'), ['rabbitmq: rabbit mq']);
    assert.deepEqual(alternates('php my admin'), [
      'phpmy: php my',
      'myadmin: my admin',
      'phpmyadmin: php my admin',
    ]);
    assert.deepEqual(alternates('redis'), []);
    assert.deepEqual(alternates('数据 库'), []);
    assert.deepEqual(alternates('1 2'), []);
  });
});

describe('words without accents', () => {
  const rows: [word: string, plain: string][] = [
    ['café', 'cafe'],
    ['straße', 'strasse'],
    ['ёлка', 'елка'],
    ['λόγοσ', 'λογοσ'],
    ['łódź', 'lodz'],
    ['đặng', 'dang'],
    ['smørrebrød', 'smorrebrod'],
    ['مُحَمَّد', 'محمد'],
    ['हिन्दी', 'हिन्दी'],
    ['தமிழ்', 'தமிழ்'],
    ['がく', 'がく'],
    ['redis', 'redis'],
  ];
  for (const [word, plain] of rows) {
    it(`of ${word} are ${plain}`, () => assert.equal(withoutAccents(word), plain.normalize('NFC')));
  }

  it('stand for a word of a query as another spelling', () => {
    assert.deepEqual(parseQuery('Café').alternates, [
      { word: 'cafe', covers: ['café'], isOtherSpelling: true },
    ]);
  });
});
