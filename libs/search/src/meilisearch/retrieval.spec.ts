import fc from 'fast-check';
import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { FakeMeilisearch } from '../../../../test/support/fake-meilisearch';
import { masterKey } from '../../../../test/support/meilisearch-server';
import { matches } from '../ranking/query-matcher';
import { MeilisearchClient } from './client';
import { liveIndex, generationMarkerDocument, toMeilisearch } from './document';
import { waitForTask } from './index-setup';
import { MeilisearchRetrieval, type Position, type SendQueries } from './retrieval';
import { parseQuery } from '../query/query';
import { compareIds, score } from '../ranking/scorer';
import type { SearchDocument } from '../engine/search-document';

const vocabulary = ['app', 'apple', 'base', 'cache', 'data', 'edge', 'flow', 'grid'];

describe('retrieval from Meilisearch', () => {
  const samples = fc.sample(document(), { numRuns: 1_500, seed: 1 });
  const byPath = new Map(samples.map((one) => [`${one.namespace}/${one.name}`, one]));
  const documents = [...byPath.values()].map(numbered);
  let meilisearch: FakeMeilisearch;
  let client: MeilisearchClient;
  beforeAll(async () => {
    meilisearch = await FakeMeilisearch.start();
    client = new MeilisearchClient(meilisearch.url, masterKey);
    await waitForTask(client, await client.createIndex(liveIndex));
    const all = [generationMarkerDocument('ours'), ...documents.map(toMeilisearch)];
    await waitForTask(client, await client.put(liveIndex, all));
  });
  afterAll(() => meilisearch.stop());

  it('returns the best matches and their number, whichever documents are pending', async () => {
    let maxRounds = 0;
    await fc.assert(
      fc.asyncProperty(
        queryText(),
        fc.nat(400),
        fc.boolean(),
        fc.constantFrom(5, 25, 130),
        async (q, pendingOf400, pendingMatch, limit) => {
          const query = parseQuery(q);
          const isPending = ({ id }: SearchDocument): boolean => Number(id) % 400 < pendingOf400;
          // The exact name is loaded by its path.
          const isPinned = (one: SearchDocument): boolean =>
            query.paths.includes(`${one.namespace}/${one.name}`);
          const positionsOf = (list: readonly SearchDocument[]): Position[] =>
            list.filter((one) => !isPinned(one)).map((one) => ({ id: one.id, score: score(query, one) }));
          const matching = documents.filter((one) => matches(query, one));
          const confirmed = matching.filter((one) => !isPending(one));
          // In its current version, a pending document may still match, or not any more.
          const local = pendingMatch ? positionsOf(matching.filter(isPending)) : [];
          const best = (positions: readonly Position[]): string[] =>
            [...positions]
              .sort((a, b) => b.score - a.score || compareIds(a.id, b.id))
              .slice(0, limit - query.paths.length)
              .map(({ id }) => id);
          let rounds = 0;
          const send: SendQueries = (queries) => {
            rounds += 1;
            return client.search(liveIndex, queries, AbortSignal.timeout(5_000));
          };
          const pending = new Set(documents.filter(isPending).map(({ id }) => id));
          const request = {
            query,
            filters: {},
            order: 'relevance',
            viewer: { namespaces: [] },
            limit,
          } as const;
          const retrieval = new MeilisearchRetrieval(request, { pending, scores: local }, 'ours', send);
          const { hits, total } = await retrieval.run();
          assert.equal(total, confirmed.length);
          const found = hits.map(({ id }) => documents[Number(id) - 1]!);
          assert.deepEqual(
            best([...positionsOf(found), ...local]),
            best([...positionsOf(confirmed), ...local]),
          );
          assert.ok(hits.length <= limit + 200);
          maxRounds = Math.max(maxRounds, rounds);
        },
      ),
      { numRuns: 100 },
    );
    assert.ok(maxRounds > 2, `only ${maxRounds} rounds`);
  });

  it('counts the same if pending documents are confirmed between two requests', async () => {
    const query = parseQuery('app');
    const matching = documents.filter((one) => matches(query, one));
    const removed = matching.slice(0, 20);
    let rounds = 0;
    const send: SendQueries = async (queries) => {
      rounds += 1;
      const ids = removed.map(({ id }) => Number(id));
      if (rounds === 2) await waitForTask(client, await client.remove(liveIndex, ids));
      return client.search(liveIndex, queries, AbortSignal.timeout(5_000));
    };
    const request = { query, filters: {}, order: 'relevance', viewer: { namespaces: [] }, limit: 5 } as const;
    const local = { pending: new Set(removed.map(({ id }) => id)), scores: [] };
    const { total } = await new MeilisearchRetrieval(request, local, 'ours', send).run();
    assert.ok(rounds > 1 && matching.length > 100);
    assert.equal(total, matching.length - removed.length);
    await waitForTask(client, await client.put(liveIndex, removed.map(toMeilisearch)));
  });

  it('fails on an index with another generation marker', async () => {
    const request = {
      query: parseQuery('app'),
      filters: {},
      order: 'relevance',
      viewer: { namespaces: [] },
      limit: 5,
    } as const;
    const local = { pending: new Set<string>(), scores: [] };
    const send: SendQueries = (queries) => client.search(liveIndex, queries, AbortSignal.timeout(5_000));
    await assert.rejects(new MeilisearchRetrieval(request, local, 'another', send).run(), {
      kind: 'notOurIndex',
    });
  });
});

function document(): fc.Arbitrary<Omit<SearchDocument, 'id'>> {
  const word = fc.constantFrom(...vocabulary);
  const words = fc.array(word, { minLength: 1, maxLength: 3 });
  return fc
    .record({
      official: fc.nat(15).map((n) => n === 0),
      namespace: words.map((parts) => parts.join('')),
      name: words.map((parts) => parts.join('-')),
      description: fc
        .array(
          fc.oneof(
            word,
            word,
            words.map((parts) => parts.join('')),
            word.map((one) => one.replace('a', 'á')),
          ),
          {
            maxLength: 3,
          },
        )
        .map((parts) => parts.join(' ')),
      imageText: fc.array(word, { maxLength: 1 }).map((parts) => parts.join(' ')),
      popularity: fc.oneof(
        fc.constant(0),
        fc.nat(200).map((n) => n / 10),
      ),
    })
    .map((fields) => ({
      ...fields,
      namespace: fields.official ? 'library' : fields.namespace,
      automated: false,
      kinds: [],
      platforms: [],
      private: false,
      stars: 0,
      pulls: 0,
      updatedAt: new Date('2026-01-01T00:00:00Z'),
      pushedAt: null,
      version: 1,
    }));
}

function numbered(fields: Omit<SearchDocument, 'id'>, index: number): SearchDocument {
  return { ...fields, id: String(index + 1) };
}

function queryText(): fc.Arbitrary<string> {
  const word = fc.constantFrom(...vocabulary);
  return fc.oneof(
    word,
    fc.tuple(word, fc.integer({ min: 1, max: 4 })).map(([one, length]) => one.slice(0, length)),
    fc.tuple(word, word).map((words) => words.join(' ')),
    fc.tuple(word, word).map((words) => words.join('-')),
    fc.tuple(word, word).map((words) => words.join('/')),
    fc.tuple(word, word).map(([one, other]) => `${one}/${other.slice(0, 2)}`),
    fc.tuple(word, word, word).map((words) => words.join(' ')),
    fc.tuple(word, word).map((words) => words.join('')),
    word.map((one) => one.replace('a', 'á')),
    word.map((one) => `${one}/`),
  );
}
