import fc from 'fast-check';
import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { FakeMeilisearch } from '../../../../test/support/fake-meilisearch';
import { masterKey } from '../../../../test/support/meilisearch-server';
import { matches } from '../ranking/query-matcher';
import { MeilisearchClient } from './client';
import { liveIndex, generationMarkerDocument, toMeilisearch } from './document';
import { succeed } from './index-setup';
import { MeilisearchRetrieval, type Ask } from './retrieval';
import { parseQuery } from '../query/query';
import { score, type Scored } from '../ranking/scorer';
import type { SearchDocument } from '../engine/search-document';

const vocabulary = ['app', 'apple', 'base', 'cache', 'data', 'edge', 'flow', 'grid'];

describe('what is retrieved from Meilisearch', () => {
  const made = fc.sample(document(), { numRuns: 1_500, seed: 1 });
  const byPath = new Map(made.map((one) => [`${one.namespace}/${one.name}`, one]));
  const documents = [...byPath.values()].map(numbered);
  let meilisearch: FakeMeilisearch;
  let client: MeilisearchClient;
  beforeAll(async () => {
    meilisearch = await FakeMeilisearch.start();
    client = new MeilisearchClient(meilisearch.url, masterKey);
    await succeed(client, await client.createIndex(liveIndex));
    const all = [generationMarkerDocument('ours'), ...documents.map(toMeilisearch)];
    await succeed(client, await client.put(liveIndex, all));
  });
  afterAll(() => meilisearch.stop());

  it('is the best of all that answers, and how many there are, whatever is not confirmed', async () => {
    let deepest = 0;
    await fc.assert(
      fc.asyncProperty(
        question(),
        fc.nat(400),
        fc.boolean(),
        fc.constantFrom(5, 25, 130),
        async (q, odd, answer, limit) => {
          const query = parseQuery(q);
          const isUnconfirmed = ({ id }: SearchDocument): boolean => odd > 0 && Number(id) % 400 < odd;
          // The exact name is read by itself.
          const isPinned = (one: Scored): boolean => query.paths.includes(`${one.namespace}/${one.name}`);
          const scoresOf = (some: readonly Scored[]): number[] =>
            some.filter((one) => !isPinned(one)).map((one) => score(query, one));
          const answering = documents.filter((one) => matches(query, one));
          const confirmed = answering.filter((one) => !isUnconfirmed(one));
          // What is not confirmed may answer still, or no more.
          const others = answer ? scoresOf(answering.filter(isUnconfirmed)) : [];
          const best = (scores: readonly number[]): number[] =>
            [...scores].sort((a, b) => b - a).slice(0, limit - query.paths.length);
          let rounds = 0;
          const ask: Ask = (queries) => {
            rounds += 1;
            return client.search(liveIndex, queries, 5_000);
          };
          const unconfirmed = new Set(documents.filter(isUnconfirmed).map(({ id }) => id));
          const wanted = {
            query,
            filters: {},
            order: 'relevance',
            viewer: { namespaces: [] },
            limit,
          } as const;
          const retrieval = new MeilisearchRetrieval(wanted, { unconfirmed, scores: others }, 'ours', ask);
          const { hits, total } = await retrieval.run();
          assert.equal(total, confirmed.length);
          assert.deepEqual(best([...scoresOf(hits), ...others]), best([...scoresOf(confirmed), ...others]));
          deepest = Math.max(deepest, rounds);
        },
      ),
      { numRuns: 100 },
    );
    assert.ok(deepest > 2, `only ${deepest} rounds`);
  });

  it('counts alike what is confirmed while it is asked', async () => {
    const query = parseQuery('app');
    const answering = documents.filter((one) => matches(query, one));
    const going = answering.slice(0, 20);
    let rounds = 0;
    const ask: Ask = async (queries) => {
      rounds += 1;
      const ids = going.map(({ id }) => Number(id));
      if (rounds === 2) await succeed(client, await client.remove(liveIndex, ids));
      return client.search(liveIndex, queries, 5_000);
    };
    const wanted = { query, filters: {}, order: 'relevance', viewer: { namespaces: [] }, limit: 5 } as const;
    const others = { unconfirmed: new Set(going.map(({ id }) => id)), scores: [] };
    const { total } = await new MeilisearchRetrieval(wanted, others, 'ours', ask).run();
    assert.ok(rounds > 1 && answering.length > 100);
    assert.equal(total, answering.length - going.length);
    await succeed(client, await client.put(liveIndex, going.map(toMeilisearch)));
  });

  it('is nothing of an index that bears another mark', async () => {
    const wanted = {
      query: parseQuery('app'),
      filters: {},
      order: 'relevance',
      viewer: { namespaces: [] },
      limit: 5,
    } as const;
    const others = { unconfirmed: new Set<string>(), scores: [] };
    const ask: Ask = (queries) => client.search(liveIndex, queries, 5_000);
    await assert.rejects(new MeilisearchRetrieval(wanted, others, 'another', ask).run(), {
      kind: 'notOurIndex',
    });
  });
});

function document(): fc.Arbitrary<Omit<SearchDocument, 'id'>> {
  const word = fc.constantFrom(...vocabulary);
  const some = fc.array(word, { minLength: 1, maxLength: 3 });
  return fc
    .record({
      official: fc.nat(15).map((n) => n === 0),
      namespace: some.map((words) => words.join('')),
      name: some.map((words) => words.join('-')),
      description: fc.array(word, { maxLength: 3 }).map((words) => words.join(' ')),
      popularity: fc.oneof(
        fc.constant(0),
        fc.nat(200).map((n) => n / 10),
      ),
    })
    .map((fields) => ({
      ...fields,
      namespace: fields.official ? 'library' : fields.namespace,
      automated: false,
      private: false,
      stars: 0,
      pulls: 0,
      updatedAt: new Date('2026-01-01T00:00:00Z'),
      version: 1,
    }));
}

function numbered(fields: Omit<SearchDocument, 'id'>, rankKey: number): SearchDocument {
  return { ...fields, id: String(rankKey + 1) };
}

function question(): fc.Arbitrary<string> {
  const word = fc.constantFrom(...vocabulary);
  return fc.oneof(
    word,
    fc.tuple(word, fc.integer({ min: 1, max: 4 })).map(([one, length]) => one.slice(0, length)),
    fc.tuple(word, word).map((words) => words.join(' ')),
    fc.tuple(word, word).map((words) => words.join('-')),
    fc.tuple(word, word).map((words) => words.join('/')),
    fc.tuple(word, word).map(([one, other]) => `${one}/${other.slice(0, 2)}`),
    word.map((one) => `${one}/`),
  );
}
