import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { Database, sql } from '@central-index/platform/database';
import type { Actor } from '../support/client';
import { IndexUnderTest } from '../support/index-under-test';
import {
  addOfficial,
  grantedAccess,
  markActive,
  postToken,
  promote,
  register,
  requestToken,
  withAccessToken,
} from '../support/token-fixtures';

const main = 'localhost:23401';
const other = 'localhost:23402';

describe('a push under a name that its owner cannot have', () => {
  let index: IndexUnderTest;
  let alice: Actor;
  let bob: Actor;
  let olga: Actor;
  beforeAll(async () => {
    index = await IndexUnderTest.start({ RATE_LIMITS: 'off' });
    [alice, bob, olga] = [await index.signUp('alice'), await index.signUp('bob'), await index.signUp('olga')];
    await promote(index, 'olga');
    await register(index, { name: 'main', url: `http://${main}` });
    await register(index, { name: 'other', url: `http://${other}` });
    await grantedAccess(alice, 'main', 'repository:alice/app:push,pull');
    await markActive(index, 'alice/app');
    await grantedAccess(alice, 'other', 'repository:alice/away:push,pull');
    await grantedAccess(alice, 'main', 'repository:alice/built:push,pull');
    await change(`update repository set automated = true where path = 'alice/built'`);
    for (const name of ['centos', 'fresh', 'gone', 'concealed']) await addOfficial(index, name);
    await grantedAccess(olga, 'main', 'repository:centos:push,pull');
    await markActive(index, 'library/centos');
    await change(`update repository set state = 'hidden' where path = 'library/concealed'`);
    assert.equal((await olga.delete('/api/v1/admin/official/gone')).status, 204);
  });
  afterAll(() => index.stop());

  const change = (text: string): Promise<unknown> => {
    const database = index.app.get(Database);
    return database.transaction((manager) => database.query(sql(text), [], manager));
  };
  const push = (name: string): string => `repository:${name}:push,pull`;
  const refusalOf = async (caller: Actor, ...scopes: string[]): Promise<string> => {
    const { status, json } = await requestToken(caller, 'main', scopes);
    assert.equal(status, 403, JSON.stringify(json));
    assert.deepEqual([json.errors[0].code, json.errors[0].message], ['DENIED', json.details]);
    assert.equal(json.token, undefined);
    return json.details as string;
  };

  it('is refused with the name to push it as, which docker prints', async () => {
    const rows: [name: string, suggestions: string][] = [
      ['myapp', `${main}/alice/myapp`],
      ['library/myapp', `${main}/alice/myapp`],
      ['gone', `${main}/alice/gone`],
      ['concealed', `${main}/alice/concealed`],
      ['app', `${main}/alice/app`],
      ['away', `${other}/alice/away`],
      ['alice', `${main}/alice/alice`],
      ['alice/team/app', `${main}/alice/app or as ${main}/alice/team-app`],
      ['alice/team/away', `${other}/alice/away or as ${main}/alice/team-away`],
      ['alice/x/built', `${main}/alice/x-built`],
      ['alice/a/b/c', `${main}/alice/c or as ${main}/alice/a-b-c`],
      ['alice//app', `${main}/alice/app`],
      ['alice/../app', `${main}/alice/app`],
    ];
    for (const [name, suggestions] of rows) {
      const details = await refusalOf(alice, push(name));
      assert.ok(details.endsWith(`: push it as ${suggestions}`), `${name}: ${details}`);
    }
    assert.equal(
      await refusalOf(alice, push('myapp')),
      `only administrators push names without a namespace: push it as ${main}/alice/myapp`,
    );
    assert.equal(
      await refusalOf(olga, push('debian')),
      `debian is not an official repository yet: push it as ${main}/olga/debian, or add it with \`central-index official add debian\``,
    );
  });

  it('is refused by POST and with an access token in the same way', async () => {
    const fields = { grant_type: 'password', username: 'alice', password: 'a long password of alice' };
    const byPost = await postToken(index.anonymous, 'main', { ...fields, scope: push('myapp') });
    assert.equal(byPost.status, 403);
    assert.match(byPost.json.details as string, /push it as localhost:23401\/alice\/myapp$/);
    const token = await withAccessToken(index, alice, ['push'], ['alice/*']);
    assert.match(await refusalOf(token, push('alice/team/app')), /push it as/);
    // It may push nothing of what would be suggested.
    for (const weak of [
      await withAccessToken(index, alice, ['push'], ['alice/only']),
      await withAccessToken(index, alice, ['pull'], ['alice/*']),
    ]) {
      assert.equal(await grantedAccess(weak, 'main', push('myapp'), push('alice/team/app')), '');
    }
  });

  it('grants nothing else of the request, and places nothing', async () => {
    await refusalOf(alice, push('alice/untouched'), push('myapp'));
    const rows = await index.app
      .get(Database)
      .query(sql(`select from repository where path in ('alice/untouched', 'alice/myapp', 'library/myapp')`));
    assert.deepEqual(rows, []);
  });

  it('is no error for what is only pulled, of others, or of an existing official repository', async () => {
    const rows: [who: Actor, opened: string, scope: string][] = [
      [alice, '', 'repository:myapp:pull'],
      [alice, '', 'repository:myapp:*'],
      [alice, '', 'repository:alice/team/app:pull'],
      [alice, '', 'repository:alice/team/app:*'],
      [alice, 'centos pull', push('centos')],
      [alice, 'library/centos pull', push('library/centos')],
      [alice, '', push('fresh')],
      [olga, 'centos pull,push', push('centos')],
      [bob, '', push('alice/team/app')],
      [olga, '', push('alice/team/app')],
      [alice, '', push('host.io:5000/alice/app')],
      [alice, '', push('alice/x/')],
      [alice, '', push(`alice/x/${'y'.repeat(300)}`)],
      [index.anonymous, '', push('myapp')],
      [index.anonymous, '', push('alice/team/app')],
    ];
    for (const [caller, opened, scope] of rows) {
      assert.equal(
        await grantedAccess(caller, 'main', scope),
        opened,
        `${caller.name} ${scope.slice(0, 60)}`,
      );
    }
    assert.equal(
      await grantedAccess(alice, 'main', push('alice/app'), 'repository:alice/team/app:pull'),
      'alice/app pull,push',
    );
  });

  it('is refused alike for official names that are absent, removed or hidden', async () => {
    const details = await Promise.all(
      ['nothere', 'gone', 'concealed'].map((name) => refusalOf(bob, push(name))),
    );
    assert.deepEqual(
      details.map((text) => text.replace(/nothere|gone|concealed/g, 'NAME')),
      Array<string>(3).fill(details[0]!.replace('nothere', 'NAME')),
    );
  });

  it('names no namespace that was assigned to another account', async () => {
    const carol = await index.signUp('carol');
    assert.match(await refusalOf(carol, push('myapp')), /carol\/myapp$/);
    await change(
      `update namespace set owner_id = (select id from account where name = 'bob') where name = 'carol'`,
    );
    assert.equal(await grantedAccess(carol, 'main', push('myapp'), push('carol/team/app')), '');
    assert.match(await refusalOf(bob, push('carol/team/app')), /carol\/app or as /);
  });

  it('is explained as it is refused', async () => {
    const query = `account=alice&service=main&scope=${push('alice/app')}&scope=${push('myapp')}`;
    const { json } = await olga.get(`/api/v1/admin/token-explanation?${query}`);
    assert.deepEqual(
      [json.refused, json.granted],
      [await refusalOf(alice, push('alice/app'), push('myapp')), []],
    );
  });
});
