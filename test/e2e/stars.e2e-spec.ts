import { Database } from '@central-index/platform/database';
import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import type { Actor } from '../support/client';
import { IndexUnderTest } from '../support/index-under-test';
import { withToken } from '../support/users';

describe('stars', () => {
  let index: IndexUnderTest;
  let alice: Actor;
  let people: Actor[];
  const app = '/api/v1/repositories/alice/app';
  beforeAll(async () => {
    index = await IndexUnderTest.start({ RATE_LIMITS: 'off' });
    alice = await index.signUp('alice');
    people = await Promise.all(Array.from({ length: 8 }, (_, n) => index.signUp(`person${n}`)));
    await alice.post('/api/v1/namespaces/alice/repositories', { name: 'app' });
  });
  afterAll(() => index.stop());

  const stars = async (): Promise<number> => (await index.anonymous.get(app)).json.stars as number;

  it('count each account once, however often and at once it asks', async () => {
    const responses = await Promise.all(
      people.flatMap((person) => Array.from({ length: 4 }, () => person.put(`${app}/star`))),
    );
    assert.ok(responses.every(({ status, text }) => status === 204 && text === ''));
    assert.equal(await stars(), people.length);
  });

  it('are taken back once', async () => {
    const before = await stars();
    const responses = await Promise.all(Array.from({ length: 4 }, () => people[0]!.delete(`${app}/star`)));
    assert.ok(responses.every(({ status }) => status === 204));
    assert.equal(await stars(), before - 1);
  });

  it('and the counter agree after any mixture of both', async () => {
    await Promise.all(
      people.flatMap((person, n) =>
        [0, 1, 2].map((turn) => ((n + turn) % 2 ? person.put(`${app}/star`) : person.delete(`${app}/star`))),
      ),
    );
    const [counted] = await index.app
      .get(Database, { strict: false })
      .rows<{ n: number }>(
        `select count(*)::integer as n from star join repository on id = repository_id where path = 'alice/app'`,
      );
    assert.equal(await stars(), counted!.n);
  });

  it('need an account, and a token with metadata on the repository', async () => {
    assert.equal((await index.anonymous.put(`${app}/star`)).status, 401);
    const pull = await withToken(people[0]!, ['pull'], ['*/*']);
    assert.equal((await pull.put(`${app}/star`)).status, 403);
    const own = await withToken(people[0]!, ['metadata'], ['person0/*']);
    assert.equal((await own.put(`${app}/star`)).status, 403);
    const wide = await withToken(people[0]!, ['metadata'], ['*/*']);
    assert.equal((await wide.put(`${app}/star`)).status, 204);
  });

  it('are not given to what is absent', async () => {
    assert.equal((await alice.put('/api/v1/repositories/alice/none/star')).status, 404);
  });
});
