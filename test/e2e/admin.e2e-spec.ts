import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import type { Actor } from '../support/client';
import { IndexUnderTest } from '../support/index-under-test';
import { createAdministrator, withToken } from '../support/users';

describe('administration', () => {
  let index: IndexUnderTest;
  let alice: Actor;
  let olga: Actor;
  beforeAll(async () => {
    index = await IndexUnderTest.start();
    alice = await index.signUp('alice');
    await index.signUp('bob');
    olga = await createAdministrator(index, 'olga');
  });
  afterAll(() => index.stop());

  it('returns 401 or 403 to all callers but administrators with their password', async () => {
    const token = await withToken(olga, ['pull', 'push', 'delete', 'metadata'], ['*/*']);
    for (const list of ['/api/v1/admin/users', '/api/v1/admin/audit']) {
      assert.equal((await index.anonymous.get(list)).status, 401);
      assert.equal((await alice.get(list)).status, 403);
      assert.equal((await token.get(list)).status, 403);
      assert.equal((await olga.get(list)).status, 200);
    }
  });

  it('lists accounts in pages, the newest first', async () => {
    const first = (await olga.get('/api/v1/admin/users?per_page=2')).json;
    const second = (await olga.get(`/api/v1/admin/users?per_page=2&cursor=${first.next}`)).json;
    const users = [...first.items, ...second.items];
    assert.deepEqual(users.map(({ username }) => username), ['olga', 'bob', 'alice']); // prettier-ignore
    assert.equal(second.next, null);
    const { created_at, ...rest } = users[0];
    assert.ok(Date.parse(created_at) > 0);
    assert.deepEqual(rest, {
      username: 'olga',
      email: 'olga@example.org',
      email_verified: false,
      administrator: true,
      disabled: false,
    });
  });

  it('lists the audit log, the newest first, filtered by action and actor', async () => {
    await alice.post('/api/v1/namespaces/alice/repositories', { name: 'app' });
    await alice.patch('/api/v1/repositories/alice/app', { visibility: 'private' });
    await alice.delete('/api/v1/repositories/alice/app');
    const { json } = await olga.get('/api/v1/admin/audit?actor=alice&per_page=3');
    assert.deepEqual(
      json.items.map(({ action, subject }: { action: string; subject: string }) => [action, subject]),
      [['repository.deleted', 'alice/app'], ['repository.made-private', 'alice/app'], ['repository.created', 'alice/app']],
    ); // prettier-ignore
    const deletions = (await olga.get('/api/v1/admin/audit?action=repository.deleted')).json.items;
    assert.equal(deletions.length, 1);
    assert.ok(!JSON.stringify(json).includes('a long password of'));
  });

  it('returns 400 for forged cursors and unknown filters', async () => {
    for (const query of [
      'cursor=1',
      'per_page=1000',
      'subject=x',
      'action=a&action=b',
      'cursor=%00',
      'order=id',
    ]) {
      assert.equal((await olga.get(`/api/v1/admin/audit?${query}`)).status, 400, query);
      assert.equal((await olga.get(`/api/v1/admin/users?${query}`)).status, 400, query);
    }
  });
});
