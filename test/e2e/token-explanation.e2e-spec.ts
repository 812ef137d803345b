import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { Database } from '@central-index/platform/database';
import type { Actor, JsonValue } from '../support/client';
import { IndexUnderTest } from '../support/index-under-test';
import { addOfficial, markActive, grantedAccess, promote, register } from '../support/token-fixtures';

const path = '/api/v1/admin/token-explanation';

describe('token explanations', () => {
  let index: IndexUnderTest;
  let alice: Actor;
  let bob: Actor;
  let olga: Actor;
  beforeAll(async () => {
    index = await IndexUnderTest.start();
    [alice, bob, olga] = [await index.signUp('alice'), await index.signUp('bob'), await index.signUp('olga')];
    await promote(index, 'olga');
    await register(index, { name: 'reg', url: 'http://localhost:23391' });
    await register(index, { name: 'other', url: 'http://localhost:23392' });
    await grantedAccess(alice, 'reg', 'repository:alice/secret:push,pull');
    await grantedAccess(alice, 'other', 'repository:alice/away:push,pull');
    await markActive(index, 'alice/secret', 'private');
    await markActive(index, 'alice/away');
    await addOfficial(index, 'centos');
    await grantedAccess(olga, 'reg', 'repository:centos:push,pull');
  });
  afterAll(() => index.stop());

  const explain = async (query: Record<string, string>, ...scopes: string[]): Promise<JsonValue> => {
    const parameters = new URLSearchParams(query);
    scopes.forEach((scope) => parameters.append('scope', scope));
    const answer = await olga.get(`${path}?${parameters.toString()}`);
    assert.equal(answer.status, 200, answer.text);
    return answer.json;
  };

  it('tell who asks, how it is read, and which rule of which room decides', async () => {
    const told = await explain({ account: 'bob', service: 'reg' }, 'repository:alice/secret:push,pull,fly');
    assert.deepEqual(
      told.scopes[0].verdicts.map((one: JsonValue) => [one.action, one.granted, one.room]),
      [
        ['pull', false, 'namespaces'],
        ['push', false, 'namespaces'],
        ['fly', false, 'tokens'],
      ],
    );
    assert.deepEqual(told.lines, [
      'accounts: account bob',
      'registries: reg is the registry reg (distribution2), its tokens live 300 s',
      'scope repository:alice/secret:push,pull,fly',
      '  tokens: read as repository "alice/secret", asked for push, pull, fly',
      '  repositories: alice/secret is active, private, on the registry reg as alice/secret',
      '  pull refused by namespaces: there is no such repository, or the account may not know of it',
      '  push refused by namespaces: the namespace does not belong to the account',
      '  fly refused by tokens: a repository knows no such action',
      'opened: nothing',
    ]);
  });

  it('open just what a token opens, and change nothing', async () => {
    const made = await alice.post('/api/v1/user/tokens', {
      label: 'x',
      permissions: ['pull'],
      repositories: ['alice/*'],
    });
    const tool = alice.basic('alice', made.json.token as string);
    const rows: [Actor, Record<string, string>][] = [
      [alice, { account: 'alice' }],
      [tool, { account: 'alice', access_token: made.json.id as string }],
      [bob, { account: 'bob' }],
      [olga, { account: 'olga' }],
      [index.anonymous, {}],
    ];
    const names = [
      'alice/secret',
      'alice/away',
      'alice/fresh',
      'bob/fresh',
      'centos',
      'library/centos',
      'debian',
      'a/b/c',
    ];
    const before = await index.app.get(Database).rows('select path, state from repository order by path');
    for (const [, who] of rows) {
      for (const name of names)
        await explain({ ...who, service: 'reg' }, `repository:${name}:pull,push,delete`);
    }
    assert.deepEqual(
      await index.app.get(Database).rows('select path, state from repository order by path'),
      before,
    );
    for (const [actor, who] of rows) {
      for (const name of names) {
        for (const actions of ['pull', 'pull,push', '*']) {
          const scope = `repository:${name}:${actions}`;
          const told = await explain({ ...who, service: 'reg' }, scope, 'registry:catalog:search,*');
          const opened = (told.opened as string[]).map((one) =>
            one.replace(/^\w+:/, '').replace(/:(?=[^:]*$)/, ' '),
          );
          const got = await grantedAccess(actor, 'reg', scope, 'registry:catalog:search,*');
          assert.equal(told.refused === null ? opened.join(' ; ') : '403', got, `${who.account}: ${scope}`);
        }
      }
    }
  });

  it('say why there would be no token at all', async () => {
    assert.match((await explain({ service: 'nowhere' })).refused as string, /unknown service/);
    assert.match((await explain({ service: 'reg' }, 'nonsense')).refused as string, /invalid scope/);
    const away = await explain({ account: 'alice', service: 'reg' }, 'repository:alice/away:push');
    assert.match(away.refused as string, /may not push it here/);
    await index.app.get(Database).rows(`update account set disabled_at = now() where name = 'bob'`);
    assert.match(
      (await explain({ account: 'bob', service: 'reg' })).refused as string,
      /as if they were wrong/,
    );
  });

  it('are for administrators in person', async () => {
    for (const who of [index.anonymous, alice]) {
      assert.ok([401, 403].includes((await who.get(`${path}?service=reg`)).status));
    }
    assert.equal((await olga.get(`${path}?service=reg&account=absent`)).status, 404);
    assert.equal((await olga.get(`${path}?service=reg&account=alice&access_token=99`)).status, 404);
    assert.equal((await olga.get(`${path}?account=alice`)).status, 400);
  });
});
