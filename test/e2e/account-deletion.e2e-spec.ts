import { AccountsService } from '@central-index/accounts';
import { NamespacesService } from '@central-index/namespaces';
import { Database, sql } from '@central-index/platform/database';
import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { AccountLock } from '../support/account-lock';
import type { Actor } from '../support/client';
import { eventually } from '../support/eventually';
import { IndexUnderTest } from '../support/index-under-test';
import { grantedAccess, markActive, register } from '../support/token-fixtures';
import { createAdministrator } from '../support/users';

const passwordOf = (name: string): string => `a long password of ${name}`;
const repositoryOf = (path: string): string => `/api/v1/repositories/${path}`;

describe('what a deleted account leaves', () => {
  let index: IndexUnderTest;
  let alice: Actor;
  let bob: Actor;
  let carol: Actor;
  beforeAll(async () => {
    index = await IndexUnderTest.start({ RATE_LIMITS: 'off' });
    await register(index, { name: 'reg', url: 'http://localhost:23369' });
    [alice, bob, carol] = (await Promise.all(
      ['alice', 'bob', 'carol'].map((name) => index.signUp(name)),
    )) as [Actor, Actor, Actor];
    for (const [actor, path, visibility] of [
      [alice, 'alice/app', 'public'],
      [bob, 'bob/tool', 'public'],
      [bob, 'bob/secret', 'private'],
      [bob, 'bob/draft', 'private'],
    ] as const) {
      assert.match(await grantedAccess(actor, 'reg', `repository:${path}:push,pull`), /push/);
      if (path !== 'bob/draft') await markActive(index, path, visibility);
    }
    await rows(`update repository set visibility = 'private' where path = 'bob/draft'`);
    for (const actor of [bob, carol]) {
      for (const path of ['alice/app', 'bob/tool'])
        assert.equal((await actor.put(`${repositoryOf(path)}/star`)).status, 204);
    }
    assert.equal((await bob.put(`${repositoryOf('bob/secret')}/star`)).status, 204);
  });
  afterAll(() => index.stop());

  const rows = <T extends object>(text: string): Promise<T[]> =>
    index.app.get(Database, { strict: false }).query(sql<T>(text));
  const stars = async (path: string): Promise<unknown> =>
    (await index.anonymous.get(repositoryOf(path))).json.stars;
  const starsInSearch = async (query: string): Promise<unknown> =>
    (await index.anonymous.get(`/api/v1/search?q=${query}`)).json.items[0]?.stars;

  it('are no stars, neither in counts nor in search', async () => {
    await eventually(async () => assert.equal(await starsInSearch('alice/app'), 2));
    assert.equal((await bob.delete('/api/v1/user', { password: passwordOf('bob') })).status, 204);
    assert.deepEqual([await stars('alice/app'), await stars('bob/tool')], [1, 1]);
    await eventually(async () => assert.equal(await starsInSearch('alice/app'), 1));
    assert.deepEqual(
      await rows(`select from star join account on account.id = account_id where name = 'bob'`),
      [],
    );
  });

  it('are public repositories, which others pull, and no private ones', async () => {
    await eventually(async () => {
      const left = await rows<{ path: string; state: string }>(
        `select path, state from repository where path like 'bob/%' order by path`,
      );
      assert.deepEqual(
        left.map(({ path, state }) => `${path} ${state}`),
        ['bob/draft deleted', 'bob/secret deleted', 'bob/tool active'],
      );
    });
    assert.equal(await grantedAccess(index.anonymous, 'reg', 'repository:bob/tool:pull'), 'bob/tool pull');
    assert.equal(await grantedAccess(alice, 'reg', 'repository:bob/tool:pull,push'), 'bob/tool pull');
  });

  it('is a namespace without owner, which an administrator may assign, and whose name stays taken', async () => {
    const namespaces = index.app.get(NamespacesService, { strict: false });
    await eventually(async () => assert.equal((await namespaces.find('bob'))?.ownerId, null));
    const again = await index.anonymous.post('/api/v1/users', {
      username: 'bob',
      email: 'bob@example.org',
      password: passwordOf('bob'),
    });
    assert.equal(again.json.errors[0].code, 'NAME_TAKEN');
    await createAdministrator(index, 'olga');
    await namespaces.assign('bob', 'alice', { name: ':test' });
    assert.match(await grantedAccess(alice, 'reg', 'repository:bob/tool:pull,push'), /push/);
    const actions = await rows<{ action: string; subject: string }>(
      `select action, subject from audit_event where actor = ':index' and subject like 'bob%' order by subject`,
    );
    assert.deepEqual(
      actions.map(({ action, subject }) => `${action} ${subject}`),
      ['namespace.released bob', 'repository.deleted bob/draft', 'repository.deleted bob/secret'],
    );
  });

  it('is no star that was pending while the account was deleted', async () => {
    const lock = await AccountLock.connect(index.database.url);
    try {
      for (let round = 0; round < 5; round += 1) {
        const name = `dave${round}`;
        const dave = await index.signUp(name);
        await dave.get('/api/v1/user');
        await lock.hold(name);
        const deletion = dave.delete('/api/v1/user', { password: passwordOf(name) });
        await lock.waitForWaiting(1);
        const star = dave.put(`${repositoryOf('alice/app')}/star`);
        await lock.waitForWaiting(2);
        await lock.release();
        assert.equal((await deletion).status, 204);
        await star;
        const account = await index.app.get(AccountsService, { strict: false }).find(name);
        assert.equal(account?.disabled, true);
      }
    } finally {
      await lock.close();
    }
    assert.equal(await stars('alice/app'), 1);
  });
});
