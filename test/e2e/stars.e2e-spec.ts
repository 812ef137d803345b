import { Database, sql } from '@central-index/platform/database';
import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import type { Actor, JsonValue } from '../support/client';
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

  describe('are listed', () => {
    let carol: Actor;
    beforeAll(async () => {
      carol = await index.signUp('carol');
      for (const name of ['red', 'green', 'blue', 'hidden']) {
        await alice.post('/api/v1/namespaces/alice/repositories', { name, readme: '# Long' });
        assert.equal((await carol.put(`/api/v1/repositories/alice/${name}/star`)).status, 204);
      }
      for (const user of users) await user.put('/api/v1/repositories/alice/blue/star');
      // Stars of one moment: a page must continue between them.
      await index.app
        .get(Database, { strict: false })
        .execute(sql(`update star set created_at = '2026-01-01 00:00:00.123456Z' where account_id > 1`));
    });

    const walk = async (caller: Actor, path: string): Promise<JsonValue[]> => {
      const items: JsonValue[] = [];
      for (let query = '?per_page=2'; ;) {
        const { status, json, text } = await caller.get(path + query);
        assert.equal(status, 200, text);
        items.push(...(json.items as JsonValue[]));
        if (json.next === null) return items;
        query = `?per_page=2&cursor=${json.next}`;
      }
    };

    it('by account, without what the account may not see any more', async () => {
      await alice.patch('/api/v1/repositories/alice/hidden', { visibility: 'private' });
      const starred = await walk(carol, '/api/v1/user/starred');
      assert.deepEqual(starred.map(({ full_name }) => full_name).sort(), [
        'alice/blue',
        'alice/green',
        'alice/red',
      ]);
      assert.ok(
        starred.every(
          (one) => one.readme === undefined && one.starred_at.startsWith('2026-01-01T00:00:00.123'),
        ),
      );
      assert.equal((await index.anonymous.get('/api/v1/user/starred')).status, 401);
      const token = await withToken(carol, ['metadata'], ['*/*']);
      assert.equal((await token.get('/api/v1/user/starred')).status, 403);
    });

    it('by repository, to callers that may see that', async () => {
      const names = [...users.map(({ name }) => name), 'carol'].sort();
      const stargazers = await walk(index.anonymous, '/api/v1/repositories/alice/blue/stargazers');
      assert.deepEqual(stargazers.map(({ username }) => username).sort(), names);
      const hidden = '/api/v1/repositories/alice/hidden/stargazers';
      assert.equal((await carol.get(hidden)).status, 404);
      assert.equal((await index.anonymous.get(hidden)).status, 404);
      assert.deepEqual(
        (await alice.get(hidden)).json.items.map(({ username }: JsonValue) => username),
        ['carol'],
      );
    });

    it('latest first', async () => {
      await index.app.get(Database, { strict: false }).execute(
        sql(`update star set created_at = star.created_at + repository.id * interval '1 second'
                 from repository where repository.id = repository_id`),
      );
      const times = (await walk(carol, '/api/v1/user/starred')).map(({ starred_at }) => starred_at as string);
      assert.deepEqual(times, [...times].sort().reverse());
    });
  });
});
