import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { PasswordResetsService } from '@central-index/accounts';
import { Database, sql } from '@central-index/platform/database';
import { runCommand } from '../support/cli';
import { IndexUnderTest } from '../support/index-under-test';

const operator = { name: ':cli' };

describe('password resets', () => {
  let index: IndexUnderTest;
  beforeAll(async () => {
    index = await IndexUnderTest.start();
  });
  afterAll(() => index.stop());

  const create = async (name: string): Promise<string> => {
    const { token } = await index.app.get(PasswordResetsService, { strict: false }).create(name, operator);
    return `/api/v1/password-resets/${token}`;
  };
  const redeem = (path: string, password = 'another fine passphrase') =>
    index.anonymous.post(path, { password });
  const codeOf = async (path: string): Promise<string> => {
    const { status, json } = await redeem(path);
    return `${status} ${json?.errors[0].code}`;
  };
  const invalid = '404 PASSWORD_RESET_INVALID';
  const signsIn = async (name: string, password: string): Promise<boolean> =>
    (await index.anonymous.basic(name, password).get('/api/v1/user')).status === 200;

  it('set the password once, by the link that the command prints', async () => {
    const alice = await index.signUp('alice');
    const login = await index.anonymous.post('/api/v1/login', {
      username: 'alice',
      password: 'a long password of alice',
    });
    const session = index.anonymous.with({ cookie: login.setCookie[0]!.split(';', 1)[0]! });
    const { body: token } = { body: (await alice.post('/api/v1/user/tokens', { label: 't', permissions: ['pull'], repositories: ['*/*'] })).json.token as string }; // prettier-ignore
    const { stdout } = await runCommand(index, 'account', 'reset-password', 'alice', '--json');
    const { username, link, expires_at: expiresAt } = JSON.parse(stdout);
    const path = new URL(link).pathname;
    assert.match(path, /^\/api\/v1\/password-resets\/ci_prt_[0-9A-Za-z]{36}$/);
    const shown = await index.anonymous.get(path);
    assert.deepEqual([shown.status, shown.json], [200, { username: 'alice', expires_at: expiresAt }]);
    assert.match(shown.headers['cache-control']!, /no-store/);
    assert.equal(username, 'alice');
    const minutes = (Date.parse(expiresAt) - Date.now()) / 60_000;
    assert.ok(minutes > 55 && minutes <= 60, `${minutes}`);
    assert.ok(await signsIn('alice', 'a long password of alice'), 'the password stays until then');

    const refused = await redeem(path, 'alice');
    assert.deepEqual([refused.status, refused.json.errors[0].code], [400, 'VALIDATION_FAILED']);
    assert.equal((await redeem(path)).status, 204, 'a refused password leaves the link usable');
    assert.ok(!(await signsIn('alice', 'a long password of alice')));
    assert.ok(await signsIn('alice', 'another fine passphrase'));
    assert.equal((await session.get('/api/v1/user')).status, 401, 'sessions end');
    assert.equal((await alice.bearer(token).get('/api/v1/user')).status, 200, 'access tokens stay');
    assert.equal(await codeOf(path), invalid);
    assert.equal((await index.anonymous.get(path)).status, 404);
  });

  it('succeed once for twenty clients at the same time', async () => {
    await index.signUp('bob');
    const path = await create('bob');
    const statuses = await Promise.all(
      Array.from(
        { length: 20 },
        async (_, n) => (await redeem(path, `passphrase number ${n} of bob's`)).status,
      ),
    );
    assert.equal(statuses.filter((status) => status === 204).length, 1, statuses.join());
    assert.equal(statuses.filter((status) => status === 404).length, 19, statuses.join());
  });

  it('end with a newer link, the hour, a new password, another address, and the account', async () => {
    const dora = await index.signUp('dora');
    const database = index.app.get(Database, { strict: false });
    const former = await create('dora');
    const newer = await create('dora');
    assert.equal(await codeOf(former), invalid);
    await database.query(sql(`update password_reset set expires_at = now() - interval '1 second'`));
    assert.equal(await codeOf(newer), invalid);

    const beforePassword = await create('dora');
    const changes = { password: 'dora has a new phrase', current_password: 'a long password of dora' };
    assert.equal((await dora.patch('/api/v1/user', changes)).status, 200);
    assert.equal(await codeOf(beforePassword), invalid);

    const renewed = index.anonymous.basic('dora', 'dora has a new phrase');
    const beforeAddress = await create('dora');
    assert.equal((await renewed.patch('/api/v1/user', { email: 'd@example.org' })).status, 200);
    assert.equal(await codeOf(beforeAddress), invalid);

    const beforeEnd = await create('dora');
    await database.query(sql(`update account set disabled_at = now() where name = 'dora'`));
    assert.equal(await codeOf(beforeEnd), invalid);
    await assert.rejects(create('dora'), { code: 'NOT_FOUND', message: 'account "dora" not found' });
  });

  it('unlock the account, and appear in the audit log without the token', async () => {
    await index.signUp('emil');
    const database = index.app.get(Database, { strict: false });
    await database.query(sql(`insert into password_failure (name, consecutive) values ('emil', 100)`));
    await database.query(sql('delete from sign_in_address'));
    const path = await create('emil');
    assert.equal((await redeem(path)).status, 204);
    assert.ok(await signsIn('emil', 'another fine passphrase'));
    const events = await database.query(
      sql<{ action: string; detail: object }>(
        `select action, detail from audit_event where subject = 'emil' and action like '%reset%' order by id`,
      ),
    );
    assert.deepEqual(
      events.map(({ action }) => action),
      ['account.password-reset-created', 'account.password-reset'],
    );
    assert.ok(!JSON.stringify(events).includes('ci_prt_'));
  });

  it('refuse tokens that were never created', async () => {
    for (const token of ['x', 'ci_prt_', `ci_prt_${'0'.repeat(36)}`, 'ci_pat_x', '%00']) {
      assert.equal(await codeOf(`/api/v1/password-resets/${token}`), invalid, token);
    }
    const { status } = await index.anonymous.post(await create('alice'), {});
    assert.equal(status, 400);
  });
});
