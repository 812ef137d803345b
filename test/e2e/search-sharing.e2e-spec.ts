import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { SearchEngine } from '../../libs/search/src/engine/search-engine';
import type { Actor } from '../support/client';
import { eventually } from '../support/eventually';
import { importRepositories } from '../support/import-fixture';
import { IndexUnderTest } from '../support/index-under-test';

const callers = 6;
const found = 'shared-by-many';

/** Lets the test decide when the engine returns, and counts what it was requested. */
class EngineGate {
  requests = 0;
  private open: () => void = () => undefined;
  private gate = Promise.resolve();

  constructor(engine: SearchEngine) {
    const candidates = engine.candidates.bind(engine);
    engine.candidates = async (request) => {
      this.requests += 1;
      await this.gate;
      return candidates(request);
    };
  }

  close(): void {
    this.requests = 0;
    this.gate = new Promise((resolve) => (this.open = resolve));
  }

  release(): void {
    this.open();
  }
}

describe('searches for the same', () => {
  let index: IndexUnderTest;
  let alice: Actor;
  let gate: EngineGate;
  beforeAll(async () => {
    index = await IndexUnderTest.start({ RATE_LIMITS: 'off' });
    alice = await index.signUp('alice');
    await importRepositories(index, [
      { namespace: 'alice', name: found, description: 'Something to find', star_count: 9 },
    ]);
    await eventually(async () => {
      const { json } = await alice.get(`/api/v1/search?q=${found}`);
      assert.equal(json.total, 1);
    }, 20_000);
    gate = new EngineGate(index.app.get(SearchEngine, { strict: false }));
  });
  afterAll(() => index.stop());

  // Sends the searches together and returns how many of them the engine was requested.
  const requestsFor = async (caller: Actor, path: string): Promise<number> => {
    gate.close();
    const responses = Array.from({ length: callers }, () => caller.get(path));
    await eventually(async () => assert.ok(gate.requests > 0));
    // A request that is sent now is handled after those that were sent before it.
    await index.anonymous.get('/v1/_ping');
    gate.release();
    const texts = new Set((await Promise.all(responses)).map(({ status, text }) => `${status} ${text}`));
    assert.equal(texts.size, 1);
    assert.match([...texts][0]!, new RegExp(`^200 .*${found}`));
    return gate.requests;
  };

  const paths = (mark: string): string[] => [
    `/v1/search?q=${found}&n=${mark}`,
    `/api/v1/search?q=${found}&per_page=${mark}`,
    `/api/v1/search/suggest?q=${found}&per_page=${mark}`,
  ];

  for (const [at, name] of ['/v1/search', '/api/v1/search', '/api/v1/search/suggest'].entries()) {
    it(`query the database once for all anonymous callers of ${name}`, async () => {
      // A result is shared for 250 ms only: where a machine was busy for longer, another page is requested.
      let mark = 2;
      await eventually(async () => {
        mark += 1;
        assert.equal(await requestsFor(index.anonymous, paths(String(mark))[at]!), 1);
      });
    });

    it(`query it for each signed-in caller of ${name}`, async () => {
      assert.equal(await requestsFor(alice, paths('20')[at]!), callers);
    });
  }

  it('query it for each caller where nothing is to be shared', async () => {
    const unshared = await IndexUnderTest.start({ SEARCH_CACHE_MS: '0' }, index.database);
    try {
      const engine = unshared.app.get(SearchEngine, { strict: false });
      const counted = new EngineGate(engine);
      for (let n = 0; n < 3; n += 1) await unshared.anonymous.get(`/v1/search?q=${found}`);
      assert.equal(counted.requests, 3);
    } finally {
      await unshared.stop();
    }
  });
});
