import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { Database, sql } from '@central-index/platform/database';
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
    const response = await olga.get(`${path}?${parameters.toString()}`);
    assert.equal(response.status, 200, response.text);
    return response.json;
  };

  it('name the caller, the parsed scope, and the library whose rule decides', async () => {
    const explanation = await explain(
      { account: 'bob', service: 'reg' },
      'repository:alice/secret:push,pull,fly',
    );
    assert.deepEqual(
      explanation.scopes[0].verdicts.map((verdict: JsonValue) => [
        verdict.action,
        verdict.granted,
        verdict.component,
      ]),
      [
        ['pull', false, 'namespaces'],
        ['push', false, 'namespaces'],
        ['fly', false, 'tokens'],
      ],
    );
    assert.deepEqual(explanation.lines, [
      'accounts: account bob',
      'registries: reg is the registry reg (distribution2), its tokens are valid for 300 s',
      'scope repository:alice/secret:push,pull,fly',
      '  tokens: parsed as repository "alice/secret", actions push, pull, fly',
      '  repositories: alice/secret is active, private, on the registry reg as alice/secret',
      '  pull refused by namespaces: there is no such repository, or the account may not know of it',
      '  push refused by namespaces: the namespace does not belong to the account',
      '  fly refused by tokens: repositories have no such action',
      'granted: nothing',
    ]);
  });

  it('grant exactly what a token grants, and change nothing', async () => {
    const created = await alice.post('/api/v1/user/tokens', {
      label: 'x',
      permissions: ['pull'],
      repositories: ['alice/*'],
    });
    const aliceByToken = alice.basic('alice', created.json.token as string);
    const callers: [Actor, Record<string, string>][] = [
      [alice, { account: 'alice' }],
      [aliceByToken, { account: 'alice', access_token: created.json.id as string }],
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
    const before = await index.app
      .get(Database)
      .query(sql('select path, state from repository order by path'));
    for (const [, query] of callers) {
      for (const name of names)
        await explain({ ...query, service: 'reg' }, `repository:${name}:pull,push,delete`);
    }
    assert.deepEqual(
      await index.app.get(Database).query(sql('select path, state from repository order by path')),
      before,
    );
    for (const [actor, query] of callers) {
      for (const name of names) {
        for (const actions of ['pull', 'pull,push', '*']) {
          const scope = `repository:${name}:${actions}`;
          const explanation = await explain({ ...query, service: 'reg' }, scope, 'registry:catalog:search,*');
          const explained = (explanation.granted as string[]).map((access) =>
            access.replace(/^\w+:/, '').replace(/:(?=[^:]*$)/, ' '),
          );
          const granted = await grantedAccess(actor, 'reg', scope, 'registry:catalog:search,*');
          assert.equal(
            explanation.refused === null ? explained.join(' ; ') : '403',
            granted,
            `${query.account}: ${scope}`,
          );
        }
      }
    }
  });

  it('give the reason when no token would be issued', async () => {
    assert.match((await explain({ service: 'nowhere' })).refused as string, /unknown service/);
    assert.match((await explain({ service: 'reg' }, 'nonsense')).refused as string, /invalid scope/);
    const away = await explain({ account: 'alice', service: 'reg' }, 'repository:alice/away:push');
    assert.match(away.refused as string, /not to this registry/);
    await index.app.get(Database).query(sql(`update account set disabled_at = now() where name = 'bob'`));
    assert.match(
      (await explain({ account: 'bob', service: 'reg' })).refused as string,
      /as if they were wrong/,
    );
  });

  it('are available to administrators only', async () => {
    for (const caller of [index.anonymous, alice]) {
      assert.ok([401, 403].includes((await caller.get(`${path}?service=reg`)).status));
    }
    assert.equal((await olga.get(`${path}?service=reg&account=absent`)).status, 404);
    assert.equal((await olga.get(`${path}?service=reg&account=alice&access_token=99`)).status, 404);
    assert.equal((await olga.get(`${path}?account=alice`)).status, 400);
  });
});
