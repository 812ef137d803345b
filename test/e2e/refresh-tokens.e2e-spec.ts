import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { Database, sql } from '@central-index/platform/database';
import { SearchSync } from '@central-index/search';
import type { Actor, HttpResponse, JsonValue } from '../support/client';
import { IndexUnderTest } from '../support/index-under-test';
import { withToken } from '../support/users';
import { insertPushedTags } from '../support/push-fixture';
import {
  markActive,
  requestToken,
  grantedAccess,
  postToken,
  readJwt,
  refresh,
  register,
} from '../support/token-fixtures';

const logins = '/api/v1/user/refresh-tokens';
const passwordOf = (name: string): string => `a long password of ${name}`;

describe('refresh tokens', () => {
  let index: IndexUnderTest;
  let alice: Actor;
  let anonymous: Actor;
  beforeAll(async () => {
    index = await IndexUnderTest.start({ RATE_LIMITS: 'off' });
    anonymous = index.anonymous;
    alice = await index.signUp('alice');
    for (const [i, name] of ['reg', 'other'].entries()) {
      await register(index, { name, url: `http://localhost:2336${i}` });
    }
    await grantedAccess(alice, 'reg', 'repository:alice/app:push,pull');
    await grantedAccess(alice, 'reg', 'repository:alice/secret:push,pull');
    await markActive(index, 'alice/app');
    await markActive(index, 'alice/secret', 'private');
  });
  afterAll(() => index.stop());

  const claimsOf = (response: HttpResponse): JsonValue => readJwt(response.json.token).claims;
  const login = async (caller: Actor, service = 'reg'): Promise<string> => {
    const response = await requestToken(caller, service, [], { offline_token: 'true', client_id: 'docker' });
    assert.equal(response.status, 200, response.text);
    return response.json.refresh_token as string;
  };
  const assertInvalid = (response: HttpResponse, what = ''): void => {
    assert.equal(response.status, 401, what);
    assert.match(response.json.details as string, /log in again/, what);
    assert.deepEqual([response.json.errors[0].code, response.json.token], ['UNAUTHORIZED', undefined], what);
  };
  const rowsOf = (text: string): Promise<JsonValue[]> => index.app.get(Database).query(sql<JsonValue>(text));

  it('are opaque, and issued only to a login that requests one', async () => {
    assert.match(await login(alice), /^ci_idt_[0-9A-Za-z]{36}$/);
    assert.notEqual(await login(alice), await login(alice));
    assert.equal((await requestToken(alice, 'reg')).json.refresh_token, undefined);
    assert.equal(
      (await requestToken(anonymous, 'reg', [], { offline_token: 'true' })).json.refresh_token,
      undefined,
    );
    const session = await anonymous.post('/api/v1/login', {
      username: 'alice',
      password: passwordOf('alice'),
    });
    const browser = anonymous.with({ cookie: session.setCookie[0]!.split(';', 1)[0]! });
    assert.equal(
      (await requestToken(browser, 'reg', [], { offline_token: 'true' })).json.refresh_token,
      undefined,
    );
  });

  it('are 500 of one account at most: of concurrent logins, each ends the one that was unused for longest', async () => {
    const farmer = await index.signUp('farmer');
    const kept = await login(farmer);
    const unused = await login(farmer);
    // The oldest one is in use.
    await rowsOf(`update refresh_token set created_at = now() - interval '3 days' where account_id =
      (select id from account where name = 'farmer')`);
    assert.equal((await refresh(anonymous, 'reg', kept)).status, 200);
    await rowsOf(`insert into refresh_token (account_id, secret_hash, service, client, address, expires_at, created_at)
      select id, sha256(n::text::bytea), 'reg', 'docker', '', now() + interval '1 day', now() - interval '1 day'
        from account, generate_series(1, 497) n where name = 'farmer'`);
    const logins = await Promise.all(Array.from({ length: 8 }, () => login(farmer)));
    const [{ count }] =
      (await rowsOf(`select count(*)::int from refresh_token join account on account.id = account_id
      where name = 'farmer'`)) as [{ count: number }];
    assert.equal(count, 500);
    for (const token of [kept, ...logins]) assert.equal((await refresh(anonymous, 'reg', token)).status, 200);
    assertInvalid(await refresh(anonymous, 'reg', unused));
  });

  it('are exchanged for access tokens by POST, and returned unchanged', async () => {
    const token = await login(alice);
    for (let use = 0; use < 20; use++) {
      const response = await refresh(
        anonymous,
        'reg',
        token,
        'repository:alice/secret:pull registry:catalog:search',
      );
      assert.equal(response.status, 200, response.text);
      assert.equal(response.headers['cache-control'], 'no-store');
      assert.equal(response.json.refresh_token, token);
      assert.equal(response.json.token, response.json.access_token);
      assert.equal(response.json.scope, 'repository:alice/secret:pull registry:catalog:search');
      assert.equal(response.json.expires_in, 300);
      assert.deepEqual([claimsOf(response).sub, claimsOf(response).aud], ['alice', 'reg']);
    }
  });

  it('are not valid for another service, nor as a password, bearer token or registry token', async () => {
    const token = await login(alice);
    assertInvalid(await refresh(anonymous, 'other', token));
    assertInvalid(await refresh(anonymous, 'central-index', token));
    assertInvalid(await refresh(anonymous, 'reg', `${token.slice(0, -1)}x`));
    assertInvalid(
      await refresh(anonymous, 'reg', (await requestToken(alice, 'reg')).json.token.slice(0, 255)),
    );
    for (const name of ['alice', '<token>', '']) {
      assert.equal((await requestToken(anonymous.basic(name, token), 'reg')).status, 401, name);
      assert.equal((await anonymous.basic(name, token).get('/api/v1/user')).status, 401, name);
    }
    assert.equal((await anonymous.bearer(token).get('/api/v1/user')).status, 401);
    assert.equal((await anonymous.bearer(token).get('/v2/')).status, 401);
    const failures = await rowsOf(`select from password_failure where name = 'alice'`);
    assert.equal(failures.length, 0, 'none was verified as a password');
  });

  it('return UNKNOWN_SERVICE for an unknown service', async () => {
    const before = await rowsOf('select from refresh_token');
    const response = await requestToken(alice, 'unknown', [], { offline_token: 'true' });
    assert.equal(response.status, 400);
    assert.equal((await rowsOf('select from refresh_token')).length, before.length);
  });

  it('have the restrictions and expiry of the access token that they were issued for (S27)', async () => {
    const created = await alice.post('/api/v1/user/tokens', {
      label: 'reader',
      permissions: ['pull'],
      repositories: ['alice/app'],
    });
    const reader = anonymous.basic('alice', created.json.token as string);
    const scope = 'repository:alice/app:push,pull repository:alice/secret:pull';
    const byGet = await login(reader);
    const fields = { grant_type: 'password', username: 'alice', access_type: 'offline' };
    const byPost = (await postToken(anonymous, 'reg', { ...fields, password: created.json.token as string }))
      .json.refresh_token as string;
    for (const token of [byGet, byPost]) {
      assert.equal((await refresh(anonymous, 'reg', token, scope)).json.scope, 'repository:alice/app:pull');
    }
    assert.equal((await alice.get(logins)).json.items[0].by_access_token, true);
    await rowsOf(`update access_token set expires_at = now() where id = ${created.json.id}`);
    assertInvalid(await refresh(anonymous, 'reg', byGet));
    await rowsOf(`update access_token set expires_at = null where id = ${created.json.id}`);
    assert.equal((await refresh(anonymous, 'reg', byGet)).status, 200);
    await alice.delete(`/api/v1/user/tokens/${created.json.id}`);
    for (const token of [byGet, byPost]) assertInvalid(await refresh(anonymous, 'reg', token));
  });

  it('are listed with client, address and last use, and revoked one by one or all together', async () => {
    const bob = await index.signUp('bob');
    const [first, second, third] = [await login(bob), await login(bob, 'other'), await login(bob)];
    await refresh(anonymous, 'reg', first);
    const { json } = await bob.get(logins);
    assert.equal(json.items.length, 3);
    const [, newer, oldest] = json.items;
    assert.deepEqual(Object.keys(oldest).sort(), [
      ...[
        'address',
        'by_access_token',
        'client',
        'created_at',
        'expires_at',
        'id',
        'last_used_at',
        'service',
      ],
    ]);
    assert.deepEqual([oldest.client, oldest.address, oldest.service], ['docker', '127.0.0.1', 'reg']);
    assert.deepEqual([newer.service, newer.last_used_at], ['other', null]);
    assert.ok(Math.abs(Date.parse(oldest.last_used_at) - Date.now()) < 5_000);
    const days = (Date.parse(oldest.expires_at) - Date.parse(oldest.created_at)) / 86_400_000;
    assert.ok(Math.abs(days - 90) < 0.01);
    assert.ok(!JSON.stringify(json).includes('ci_idt_'));

    assert.equal((await alice.delete(`${logins}/${oldest.id}`)).status, 404);
    assert.equal((await refresh(anonymous, 'reg', first)).status, 200);
    assert.equal((await bob.delete(`${logins}/${oldest.id}`)).status, 204);
    assertInvalid(await refresh(anonymous, 'reg', first));
    assert.equal((await bob.delete(`${logins}/${oldest.id}`)).status, 404);
    assert.equal((await refresh(anonymous, 'other', second)).status, 200);
    assert.equal((await bob.delete(logins)).status, 204);
    assertInvalid(await refresh(anonymous, 'other', second));
    assertInvalid(await refresh(anonymous, 'reg', third));
    assert.deepEqual((await bob.get(logins)).json.items, []);

    const byAccessToken = await withToken(bob, ['pull'], ['bob/*']);
    for (const caller of [anonymous, byAccessToken])
      assert.ok([401, 403].includes((await caller.get(logins)).status));
    assert.deepEqual(
      (
        await rowsOf(`select action from audit_event where action like 'refresh-token%' and actor = 'bob'
                   order by id`)
      ).map((row: JsonValue) => row.action),
      [
        ...Array<string>(3).fill('refresh-token.created'),
        'refresh-token.revoked',
        'refresh-token.all-revoked',
      ],
    );
  });

  it('end when the password changes, when the account is disabled or deleted, and after 90 days (S20)', async () => {
    const carol = await index.signUp('carol');
    const token = await login(carol);
    const byAccessToken = anonymous.basic(
      'carol',
      (
        await carol.post('/api/v1/user/tokens', {
          label: 'x',
          permissions: ['pull'],
          repositories: ['carol/*'],
        })
      ).json.token as string,
    );
    const toolToken = await login(byAccessToken);
    await carol.patch('/api/v1/user', {
      password: 'quite another one',
      current_password: passwordOf('carol'),
    });
    assertInvalid(await refresh(anonymous, 'reg', token));
    assertInvalid(await refresh(anonymous, 'reg', toolToken));
    assert.equal((await requestToken(byAccessToken, 'reg')).status, 200);

    const withNewPassword = anonymous.basic('carol', 'quite another one');
    const [expired, current] = [await login(withNewPassword), await login(withNewPassword)];
    await rowsOf(`update refresh_token set expires_at = now() - interval '1 second' where id =
                 (select max(id) - 1 from refresh_token)`);
    assertInvalid(await refresh(anonymous, 'reg', expired));
    assert.equal((await refresh(anonymous, 'reg', current)).status, 200);
    await rowsOf(`update account set disabled_at = now() where name = 'carol'`);
    assertInvalid(await refresh(anonymous, 'reg', current));
    await rowsOf(`update account set disabled_at = null where name = 'carol'`);
    assert.equal(
      (await withNewPassword.delete('/api/v1/user', { password: 'quite another one' })).status,
      204,
    );
    assertInvalid(await refresh(anonymous, 'reg', current));
  });

  it('are not issued for a password that changes concurrently', async () => {
    const dave = await index.signUp('dave');
    const database = index.app.get(Database);
    // The change has locked the account's row; a login with the old password waits for the lock.
    let response: Promise<HttpResponse> | undefined;
    await database.transaction(async (manager) => {
      await manager.query(
        `update account set password_changed_at = now() + interval '1 second' where name = 'dave'`,
      );
      response = requestToken(dave, 'reg', [], { offline_token: 'true' });
      const waiting = `select from pg_stat_activity where wait_event_type = 'Lock' and query like '%refresh_token%'`;
      while ((await database.query(sql(waiting))).length === 0) await new Promise(setImmediate);
    });
    assert.equal((await response!).status, 401);
    assert.deepEqual(
      await rowsOf(`select from refresh_token t join account a on a.id = account_id where name = 'dave'`),
      [],
    );
  });

  it('are requested by POST with a password, as containerd does', async () => {
    const fields = { grant_type: 'password', username: 'alice', password: passwordOf('alice') };
    const scope = 'repository:alice/app:pull repository:alice/app:pull,push repository:alice/secret:pull';
    const response = await postToken(anonymous, 'reg', { ...fields, scope }, 'containerd-client');
    assert.equal(response.status, 200);
    assert.equal(response.json.scope, 'repository:alice/app:pull,push repository:alice/secret:pull');
    assert.equal(response.json.refresh_token, undefined);
    const offline = await postToken(anonymous, 'reg', { ...fields, access_type: 'offline' });
    assert.equal((await refresh(anonymous, 'reg', offline.json.refresh_token as string)).status, 200);
    const wrong = await postToken(anonymous, 'reg', { ...fields, password: 'wrong' });
    assert.equal(wrong.status, 401);
    assert.equal(wrong.json.details, 'incorrect username or password');
  });

  it('show private repositories in `docker search`, as to their owner', async () => {
    const token = await login(alice, 'central-index');
    const bearer = async (scope: string): Promise<Actor> =>
      anonymous.bearer((await refresh(anonymous, 'central-index', token, scope)).json.access_token as string);
    const search = async (caller: Actor): Promise<string[]> =>
      ((await caller.get('/v1/search?q=alice')).json.results as { name: string }[])
        .map(({ name }) => name)
        .sort();
    for (const path of ['alice/app', 'alice/secret']) await insertPushedTags(index, path, ['v1']);
    const rows = await rowsOf(`select id from repository where path like 'alice/%'`);
    await index.app.get(SearchSync, { strict: false }).sync(rows.map(({ id }) => String(id)));
    const searcher = await bearer('registry:catalog:search');
    assert.equal((await searcher.get('/v2/')).status, 200);
    assert.deepEqual(await search(searcher), ['alice/app', 'alice/secret']);
    assert.deepEqual(await search(await bearer('')), ['alice/app']);
  });
});
