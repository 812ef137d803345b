import { Database, sql } from '@central-index/platform/database';
import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import type { Actor } from '../support/client';
import { IndexUnderTest } from '../support/index-under-test';
import { withToken } from '../support/users';

describe('stars', () => {
  let index: IndexUnderTest;
  let alice: Actor;
  let users: Actor[];
  const app = '/api/v1/repositories/alice/app';
  beforeAll(async () => {
    index = await IndexUnderTest.start({ RATE_LIMITS: 'off' });
    alice = await index.signUp('alice');
    users = await Promise.all(Array.from({ length: 8 }, (_, n) => index.signUp(`user${n}`)));
    await alice.post('/api/v1/namespaces/alice/repositories', { name: 'app' });
  });
  afterAll(() => index.stop());

  const stars = async (): Promise<number> => (await index.anonymous.get(app)).json.stars as number;

  it('count each account once, however many requests it sends concurrently', async () => {
    const responses = await Promise.all(
      users.flatMap((user) => Array.from({ length: 4 }, () => user.put(`${app}/star`))),
    );
    assert.ok(responses.every(({ status, text }) => status === 204 && text === ''));
    assert.equal(await stars(), users.length);
  });

  it('are removed once', async () => {
    const before = await stars();
    const responses = await Promise.all(Array.from({ length: 4 }, () => users[0]!.delete(`${app}/star`)));
    assert.ok(responses.every(({ status }) => status === 204));
    assert.equal(await stars(), before - 1);
  });

  it('and their counter agree after any mixture of concurrent requests', async () => {
    await Promise.all(
      users.flatMap((user, n) =>
        [0, 1, 2].map((round) => ((n + round) % 2 ? user.put(`${app}/star`) : user.delete(`${app}/star`))),
      ),
    );
    const [row] = await index.app
      .get(Database, { strict: false })
      .query(
        sql<{ n: number }>(
          `select count(*)::integer as n from star join repository on id = repository_id where path = 'alice/app'`,
        ),
      );
    assert.equal(await stars(), row!.n);
  });

  it('need an account, and a token with metadata on the repository', async () => {
    assert.equal((await index.anonymous.put(`${app}/star`)).status, 401);
    const pull = await withToken(users[0]!, ['pull'], ['*/*']);
    assert.equal((await pull.put(`${app}/star`)).status, 403);
    const ownNamespace = await withToken(users[0]!, ['metadata'], ['user0/*']);
    assert.equal((await ownNamespace.put(`${app}/star`)).status, 403);
    const wide = await withToken(users[0]!, ['metadata'], ['*/*']);
    assert.equal((await wide.put(`${app}/star`)).status, 204);
  });

  it('return 404 for absent repositories', async () => {
    assert.equal((await alice.put('/api/v1/repositories/alice/none/star')).status, 404);
  });
});
