import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { Database } from '@central-index/platform/database';
import { Actor } from '../support/client';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { IndexUnderTest } from '../support/index-under-test';
import { NetworkFault } from '../support/network-fault';
import {
  markActive,
  requestToken,
  grantedAccess,
  register,
  withAccessToken,
} from '../support/token-fixtures';

const pull = 'repository:alice/app:pull';
const second = 1_000;

// Two processes as far as memory goes: what one changes, the other must hear.
describe('what was granted and is no longer allowed (S22)', () => {
  let database: TestDatabase;
  let way: NetworkFault;
  let here: IndexUnderTest;
  let there: IndexUnderTest;
  let people = 0;
  beforeAll(async () => {
    database = await createTestDatabase();
    way = await NetworkFault.start(database.url);
    here = await IndexUnderTest.start({ RATE_LIMITS: 'off' }, database);
    there = await IndexUnderTest.start({ RATE_LIMITS: 'off' }, { ...database, url: way.url });
    await register(here, { name: 'reg', url: 'http://localhost:24100' });
  });
  afterAll(async () => {
    way.heal();
    await there.stop();
    await way.close();
    await here.stop();
    await database.drop();
  });

  const rows = (sql: string, values: unknown[] = []): Promise<unknown[]> =>
    here.app.get(Database).rows(sql, values);
  const statusThere = async (caller: Actor): Promise<number> =>
    (await requestToken(new Actor(there.url, caller.headers), 'reg', [pull])).status;
  const opensThere = (caller: Actor, scope: string): Promise<string> =>
    grantedAccess(new Actor(there.url, caller.headers), 'reg', scope);

  /** A person with a public repository whose tokens both processes have given, so that both remember all they may. */
  async function remembered(): Promise<{ name: string; owner: Actor; scope: string }> {
    const name = `person${(people += 1)}`;
    const owner = await here.signUp(name);
    const scope = `repository:${name}/app:pull`;
    assert.equal(
      await grantedAccess(owner, 'reg', `repository:${name}/app:push,pull`),
      `${name}/app pull,push`,
    );
    await markActive(here, `${name}/app`);
    await eventually(async () => {
      for (const caller of [owner, here.anonymous])
        assert.equal(await opensThere(caller, scope), `${name}/app pull`);
    });
    return { name, owner, scope };
  }

  it('is a changed password, refused in the same process at once and in the other within a second', async () => {
    const { name, owner } = await remembered();
    const changed = await owner.patch('/api/v1/user', {
      password: 'another long one 77',
      current_password: `a long password of ${name}`,
    });
    assert.equal(changed.status, 200, changed.text);
    assert.equal((await requestToken(owner, 'reg')).status, 401);
    await eventually(async () => assert.equal(await statusThere(owner), 401), second);
  });

  it('is a revoked access token', async () => {
    const { name, owner } = await remembered();
    const machine = await withAccessToken(here, owner, ['pull'], [`${name}/*`]);
    assert.equal(await statusThere(machine), 200);
    const [{ id }] = (await owner.get('/api/v1/user/tokens')).json.items;
    assert.equal((await owner.delete(`/api/v1/user/tokens/${id}`)).status, 204);
    assert.equal((await requestToken(machine, 'reg')).status, 401);
    await eventually(async () => assert.equal(await statusThere(machine), 401), second);
  });

  it('is an access token whose time is over, to the moment', async () => {
    const { name, owner, scope } = await remembered();
    const machine = await withAccessToken(here, owner, ['pull'], [`${name}/*`]);
    await rows(
      `update access_token set expires_at = now() + interval '2 s' where expires_at is null
                  and account_id = (select id from account where name = $1)`,
      [name],
    );
    const over = Date.now() + 2_000;
    const refusedAt = await eventually(async () => {
      const asked = Date.now();
      const response = await requestToken(machine, 'reg', [scope]);
      assert.equal(response.status, 401);
      return asked;
    });
    assert.ok(
      refusedAt > over - 500 && refusedAt < over + 500,
      `refused ${refusedAt - over} ms after its end`,
    );
  });

  it('is a disabled account, by password and by access token, however it was disabled', async () => {
    const { name, owner } = await remembered();
    const machine = await withAccessToken(here, owner, ['pull'], [`${name}/*`]);
    assert.equal(await statusThere(machine), 200);
    await rows('update account set disabled_at = now() where name = $1', [name]);
    await eventually(async () => {
      assert.equal(await statusThere(machine), 401);
      assert.equal(await statusThere(owner), 401);
    }, second);
  });

  it('is a repository made private, for those who have pulled it as nobody', async () => {
    const { name, owner, scope } = await remembered();
    const changed = await owner.patch(`/api/v1/repositories/${name}/app`, { visibility: 'private' });
    assert.equal(changed.status, 200, changed.text);
    assert.equal(await grantedAccess(here.anonymous, 'reg', scope), '');
    await eventually(async () => assert.equal(await opensThere(there.anonymous, scope), ''), second);
  });

  it('is a namespace that was taken away', async () => {
    const { name, owner, scope } = await remembered();
    await rows(`update repository set visibility = 'private' where path = $1`, [`${name}/app`]);
    await eventually(async () => assert.equal(await opensThere(there.anonymous, scope), ''), second);
    assert.equal(await opensThere(owner, scope), `${name}/app pull`);
    await rows('update namespace set owner_id = null where name = $1', [name]);
    await eventually(async () => assert.equal(await opensThere(owner, scope), ''), second);
  });

  it('is refused in time by a process whose listener is dead without knowing it', async () => {
    const { name, scope } = await remembered();
    // Only what the listener hears is lost: requests ask on connections of their own, made afterwards.
    way.silenceListeners();
    await rows(`update repository set visibility = 'private' where path = $1`, [`${name}/app`]);
    await eventually(async () => assert.equal(await opensThere(there.anonymous, scope), ''), second);
    way.heal();
  });

  it('is refused in time by a process whose listener was cut off while it changed', async () => {
    const { name, scope } = await remembered();
    await rows(`select pg_terminate_backend(pid) from pg_stat_activity
                 where datname = current_database() and application_name like '%listener'`);
    await rows(`update repository set visibility = 'private' where path = $1`, [`${name}/app`]);
    await eventually(async () => assert.equal(await opensThere(there.anonymous, scope), ''), second);
  });

  it('is never said of anybody because the database cannot be asked: that is 503, and to be tried again', async () => {
    const { name, owner } = await remembered();
    const machine = await withAccessToken(here, owner, ['pull'], [`${name}/*`]);
    way.cut();
    await eventually(async () => {
      for (const caller of [owner, machine, here.anonymous]) {
        const response = await requestToken(new Actor(there.url, caller.headers), 'reg', [pull]);
        assert.equal(response.status, 503, response.text);
        assert.ok(Number(response.headers['retry-after']) > 0);
        assert.equal(response.json.token, undefined);
      }
    }, second);
    way.heal();
    await eventually(async () => {
      for (const caller of [owner, machine]) assert.equal(await statusThere(caller), 200);
    });
  });
});
