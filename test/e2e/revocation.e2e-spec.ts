import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { Database, sql } from '@central-index/platform/database';
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
const maxDelayMs = 1_000;

// Two instances with separate caches: a change through one must invalidate those of the other.
describe('revocation across processes (S22)', () => {
  let database: TestDatabase;
  let fault: NetworkFault;
  let local: IndexUnderTest;
  let remote: IndexUnderTest;
  let accounts = 0;
  beforeAll(async () => {
    database = await createTestDatabase();
    fault = await NetworkFault.start(database.url);
    local = await IndexUnderTest.start({ RATE_LIMITS: 'off' }, database);
    remote = await IndexUnderTest.start({ RATE_LIMITS: 'off' }, { ...database, url: fault.url });
    await register(local, { name: 'reg', url: 'http://localhost:24100' });
  });
  afterAll(async () => {
    fault.heal();
    await remote.stop();
    await fault.close();
    await local.stop();
    await database.drop();
  });

  const rows = (text: string, values: unknown[] = []): Promise<unknown[]> =>
    local.app.get(Database).query(sql(text), values);
  const remoteStatus = async (caller: Actor): Promise<number> =>
    (await requestToken(new Actor(remote.url, caller.headers), 'reg', [pull])).status;
  const remoteAccess = (caller: Actor, scope: string): Promise<string> =>
    grantedAccess(new Actor(remote.url, caller.headers), 'reg', scope);

  /** Creates an account with a public repository and requests tokens from both processes, which fills both caches. */
  async function createCached(): Promise<{ name: string; owner: Actor; scope: string }> {
    const name = `user${(accounts += 1)}`;
    const owner = await local.signUp(name);
    const scope = `repository:${name}/app:pull`;
    assert.equal(
      await grantedAccess(owner, 'reg', `repository:${name}/app:push,pull`),
      `${name}/app pull,push`,
    );
    await markActive(local, `${name}/app`);
    await eventually(async () => {
      for (const caller of [owner, local.anonymous])
        assert.equal(await remoteAccess(caller, scope), `${name}/app pull`);
    });
    return { name, owner, scope };
  }

  it('rejects a former password immediately in the same process, and within a second in the other', async () => {
    const { name, owner } = await createCached();
    const changed = await owner.patch('/api/v1/user', {
      password: 'another long one 77',
      current_password: `a long password of ${name}`,
    });
    assert.equal(changed.status, 200, changed.text);
    assert.equal((await requestToken(owner, 'reg')).status, 401);
    await eventually(async () => assert.equal(await remoteStatus(owner), 401), maxDelayMs);
  });

  it('rejects a revoked access token', async () => {
    const { name, owner } = await createCached();
    const byToken = await withAccessToken(local, owner, ['pull'], [`${name}/*`]);
    assert.equal(await remoteStatus(byToken), 200);
    const [{ id }] = (await owner.get('/api/v1/user/tokens')).json.items;
    assert.equal((await owner.delete(`/api/v1/user/tokens/${id}`)).status, 204);
    assert.equal((await requestToken(byToken, 'reg')).status, 401);
    await eventually(async () => assert.equal(await remoteStatus(byToken), 401), maxDelayMs);
  });

  it('rejects an access token from the moment that it expires', async () => {
    const { name, owner, scope } = await createCached();
    const byToken = await withAccessToken(local, owner, ['pull'], [`${name}/*`]);
    await rows(
      `update access_token set expires_at = now() + interval '2 s' where expires_at is null
                  and account_id = (select id from account where name = $1)`,
      [name],
    );
    const expiry = Date.now() + 2_000;
    const refusedAt = await eventually(async () => {
      const sentAt = Date.now();
      const response = await requestToken(byToken, 'reg', [scope]);
      assert.equal(response.status, 401);
      return sentAt;
    });
    assert.ok(
      refusedAt > expiry - 500 && refusedAt < expiry + 500,
      `refused ${refusedAt - expiry} ms after it expired`,
    );
  });

  it('rejects the password and access tokens of a disabled account, however it was disabled', async () => {
    const { name, owner } = await createCached();
    const byToken = await withAccessToken(local, owner, ['pull'], [`${name}/*`]);
    assert.equal(await remoteStatus(byToken), 200);
    await rows('update account set disabled_at = now() where name = $1', [name]);
    await eventually(async () => {
      assert.equal(await remoteStatus(byToken), 401);
      assert.equal(await remoteStatus(owner), 401);
    }, maxDelayMs);
  });

  it('hides a repository made private from callers that have pulled it anonymously', async () => {
    const { name, owner, scope } = await createCached();
    const changed = await owner.patch(`/api/v1/repositories/${name}/app`, { visibility: 'private' });
    assert.equal(changed.status, 200, changed.text);
    assert.equal(await grantedAccess(local.anonymous, 'reg', scope), '');
    await eventually(async () => assert.equal(await remoteAccess(remote.anonymous, scope), ''), maxDelayMs);
  });

  it('denies access to a namespace that was reassigned', async () => {
    const { name, owner, scope } = await createCached();
    await rows(`update repository set visibility = 'private' where path = $1`, [`${name}/app`]);
    await eventually(async () => assert.equal(await remoteAccess(remote.anonymous, scope), ''), maxDelayMs);
    assert.equal(await remoteAccess(owner, scope), `${name}/app pull`);
    await rows('update namespace set owner_id = null where name = $1', [name]);
    await eventually(async () => assert.equal(await remoteAccess(owner, scope), ''), maxDelayMs);
  });

  it('takes effect within the limit in a process whose listener is silently disconnected', async () => {
    const { name, scope } = await createCached();
    // Only notifications are lost: requests use other connections, opened afterwards.
    fault.silenceListeners();
    await rows(`update repository set visibility = 'private' where path = $1`, [`${name}/app`]);
    await eventually(async () => assert.equal(await remoteAccess(remote.anonymous, scope), ''), maxDelayMs);
    fault.heal();
  });

  it('takes effect within the limit in a process whose listener was disconnected during the change', async () => {
    const { name, scope } = await createCached();
    await rows(`select pg_terminate_backend(pid) from pg_stat_activity
                 where datname = current_database() and application_name like '%listener'`);
    await rows(`update repository set visibility = 'private' where path = $1`, [`${name}/app`]);
    await eventually(async () => assert.equal(await remoteAccess(remote.anonymous, scope), ''), maxDelayMs);
  });

  it('returns 503 while the database is unavailable, and never rejects credentials for that reason', async () => {
    const { name, owner } = await createCached();
    const byToken = await withAccessToken(local, owner, ['pull'], [`${name}/*`]);
    fault.cut();
    await eventually(async () => {
      for (const caller of [owner, byToken, local.anonymous]) {
        const response = await requestToken(new Actor(remote.url, caller.headers), 'reg', [pull]);
        assert.equal(response.status, 503, response.text);
        assert.ok(Number(response.headers['retry-after']) > 0);
        assert.equal(response.json.token, undefined);
      }
    }, maxDelayMs);
    fault.heal();
    await eventually(async () => {
      for (const caller of [owner, byToken]) assert.equal(await remoteStatus(caller), 200);
    });
  });
});
