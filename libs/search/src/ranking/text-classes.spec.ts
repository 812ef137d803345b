import fc from 'fast-check';
import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import { matches } from './query-matcher';
import { textClass } from './scorer';
import {
  isByNamespace,
  nameCriteria,
  textClasses,
  wordClasses,
  wordCriteria,
  wordFields,
  type TextClass,
} from './text-classes';
import { listsOf as meilisearchListsOf } from '../meilisearch/lists';
import { conjunctionSql } from '../postgres/retrieval/conjunction';
import { countedLists, listsOf, matchSql } from '../postgres/retrieval/lists';
import { StatementParams } from '../postgres/retrieval/statement';
import { thousandths } from '../postgres/storage/terms';
import { parseQuery, type SearchQuery } from '../query/query';
import type { SearchDocument } from '../engine/search-document';

const queries: readonly SearchQuery[] = ['alice/', 'app', 'alice/app', 'base image'].map(parseQuery);

/** The weights of the lists that a query is retrieved from, in thousandths, with the classes that they derive from. */
function expectedWeights(query: SearchQuery): number[] {
  const byName = nameCriteria(query).map(({ listWeight }) => listWeight);
  const byWord = query.name === undefined && query.namespace !== undefined ? [] : wordCriteria;
  const ofNamespace = isByNamespace(query) ? [textClasses.namedNamespace.weight] : [];
  return [...byName, ...ofNamespace, ...byWord.map(({ weight }) => weight)].map(thousandths);
}

describe('the table of text classes', () => {
  it('reaches every class by some form of query', () => {
    const reached = new Set<TextClass>([
      ...queries.flatMap((query) => nameCriteria(query).map((criterion) => criterion.textClass)),
      ...wordCriteria.map((criterion) => criterion.textClass),
      ...(queries.some(isByNamespace) ? ['namedNamespace' as const] : []),
    ]);
    assert.deepEqual([...reached].sort(), Object.keys(textClasses).sort());
  });

  it('has classes of words that the scorer decides by names, then that of descriptions, and one for all others', () => {
    const [inDescription, secondary] = wordClasses.slice(-2);
    assert.equal(inDescription!.textClass, 'description');
    assert.deepEqual(secondary!.fields, wordFields);
    for (const { fields } of wordClasses.slice(0, -2)) {
      assert.deepEqual(fields, wordFields.slice(0, fields.length));
      assert.ok(fields.every((field) => field === 'namespace' || field === 'name'));
    }
    for (const field of wordFields) {
      assert.ok(
        wordCriteria.some(({ fields }) => fields.includes(field)),
        field,
      );
    }
  });

  it('gives each class a list in PostgreSQL', () => {
    for (const query of queries) {
      const { bind } = new StatementParams();
      const options = { filterJoin: '', isCounted: true, probesArrays: true, hasAlternates: true };
      const texts = listsOf(query).map((list) => list(bind, 25));
      if (query.words.length > 1) texts.push(conjunctionSql(bind, query.words.length, options));
      for (const weight of expectedWeights(query)) {
        const isWeight = new RegExp(
          `(\\W${weight} as weight|, ${weight}\\)|then ${weight}\\s|else ${weight} end)`,
        );
        assert.ok(
          texts.some((text) => isWeight.test(text)),
          `${query.text}: ${weight}`,
        );
      }
      assert.ok(countedLists(query).length > 0 || query.words.length > 1);
      assert.notEqual(matchSql(bind, query), 'false');
    }
  });

  it('gives each class a list in Meilisearch', () => {
    for (const query of queries) {
      const { everything, classes } = meilisearchListsOf(query);
      const weights = [...classes, everything].map(({ weight }) => thousandths(weight));
      assert.deepEqual(weights.sort(), expectedWeights(query).sort(), query.text);
    }
  });

  it('makes scorer and matcher agree: what has a class other than the last one matches', () => {
    const part = fc.constantFrom('alice', 'app', 'app-tools', 'base', 'base-image', 'my-app', 'image.base');
    const document = fc
      .record({ namespace: part, name: part, official: fc.boolean() })
      .map(({ namespace, name, official }): SearchDocument => ({
        id: '1',
        namespace: official ? 'library' : namespace,
        name,
        official,
        automated: false,
        kinds: [],
        platforms: [],
        private: false,
        description: '',
        imageText: '',
        stars: 0,
        pulls: 0,
        popularity: 0,
        updatedAt: new Date(0),
        pushedAt: null,
        version: 1,
      }));
    fc.assert(
      fc.property(
        fc.constantFrom(
          'app',
          'alice/app',
          'base image',
          'library',
          'tools',
          'app-tools',
          'apptools',
          'my app',
        ),
        document,
        (q, one) => {
          const query = parseQuery(q);
          const best = textClass(query, one);
          // In the namespace that the query names, whatever was found has a class.
          if (best === 'namedNamespace') return;
          assert.equal(matches(query, one), best !== wordClasses.at(-1)!.textClass);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
