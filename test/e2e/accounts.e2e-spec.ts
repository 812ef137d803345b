import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { InvitesService } from '@central-index/accounts';
import { Database, sql } from '@central-index/platform/database';
import type { HttpResponse } from '../support/client';
import { IndexUnderTest } from '../support/index-under-test';

const signUpBody = (username: string, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  username,
  email: `${username}@example.org`,
  password: 'correct horse battery staple',
  ...more,
});
const code = (response: HttpResponse): string => response.json.errors[0].code as string;

describe('accounts', () => {
  let index: IndexUnderTest;
  beforeAll(async () => {
    index = await IndexUnderTest.start();
  });
  afterAll(() => index.stop());

  const rows = <T extends object>(text: string, values: unknown[] = []): Promise<T[]> =>
    index.app.get(Database, { strict: false }).query(sql<T>(text), values);
  const accounts = async (): Promise<number> => (await rows('select from account')).length;

  it('are created by sign-up, each with the namespace of its name', async () => {
    const response = await index.anonymous.post('/api/v1/users', signUpBody('alice'));
    assert.equal(response.status, 201);
    assert.deepEqual(Object.keys(response.json), ['username', 'email', 'email_verified', 'created_at']);
    assert.equal(response.json.username, 'alice');
    assert.equal(response.json.email_verified, false);
    assert.ok(Math.abs(Date.now() - Date.parse(response.json.created_at)) < 60_000);
    const [namespace] = await rows<{ owner: string }>(
      `select account.name as owner from namespace join account on account.id = owner_id where namespace.name = 'alice'`,
    );
    assert.equal(namespace?.owner, 'alice');
  });

  it('show their public part to all callers, in any case of the name, until they are disabled', async () => {
    const shown = await index.anonymous.get('/api/v1/users/Alice');
    assert.equal(shown.status, 200);
    assert.deepEqual(Object.keys(shown.json), ['username', 'created_at']);
    assert.equal(shown.json.username, 'alice');
    await rows(`update account set disabled_at = now() where name = 'alice'`);
    const disabled = await index.anonymous.get('/api/v1/users/alice');
    await rows(`update account set disabled_at = null where name = 'alice'`);
    const absent = await index.anonymous.get('/api/v1/users/absent-account');
    assert.deepEqual([disabled.status, disabled.text], [404, absent.text.replace('absent-account', 'alice')]);
    for (const name of ['library', 'a', '%00', '%ED%A0%80', 'x'.repeat(256)]) {
      const { status } = await index.anonymous.sendRaw('GET', `/api/v1/users/${name}`);
      assert.ok(status === 404 || status === 400, `${name}: ${status}`);
    }
  });

  it('are created once when many sign up with one name concurrently (S11)', async () => {
    const responses = await Promise.all(
      Array.from({ length: 12 }, (_, i) =>
        index.anonymous.post(
          '/api/v1/users',
          signUpBody(i % 2 ? 'willy' : 'wi11y', { email: `w${i}@example.org` }),
        ),
      ),
    );
    assert.equal(responses.filter(({ status }) => status === 201).length, 1);
    for (const response of responses.filter(({ status }) => status !== 201)) {
      assert.equal(response.status, 409);
      assert.equal(code(response), 'NAME_TAKEN');
    }
    const rowsOfName = await rows<{ name: string }>(
      `select name from account where name in ('willy', 'wi11y')`,
    );
    assert.equal(rowsOfName.length, 1, 'rejected sign-ups create no account');
  });

  it('return 409 for a taken name before checking any other rule (DESIGN 10.5)', async () => {
    const response = await index.anonymous.post('/api/v1/users', signUpBody('alice', { password: 'short' }));
    assert.equal(response.status, 409);
    assert.equal(code(response), 'NAME_TAKEN');
  });

  it('do not disclose whether an e-mail address is known (S08)', async () => {
    const response = await index.anonymous.post(
      '/api/v1/users',
      signUpBody('anna', { email: 'alice@example.org' }),
    );
    assert.equal(response.status, 201);
  });

  it('reject reserved names in every spelling (S12)', async () => {
    for (const name of ['admin', 'adm1n', 'a-d-m-i-n', 'l1brary', 'docker_hub', 'official', 'r00t']) {
      const response = await index.anonymous.post('/api/v1/users', signUpBody(name));
      assert.equal(response.status, 409, name);
      assert.equal(code(response), 'NAME_RESERVED', name);
    }
  });

  it('return 400 with the invalid field for malformed input, and change nothing', async () => {
    const before = await accounts();
    const cases: [unknown, string][] = [
      [signUpBody('Al'), 'username'],
      [signUpBody('UPPER'), 'username'],
      [signUpBody('dot.ted'), 'username'],
      [signUpBody('-dash', { email: 'x@example.org' }), 'username'],
      [signUpBody('tw__o'), 'username'],
      [signUpBody('раураl', { email: 'x@example.org' }), 'username'],
      [signUpBody('x'.repeat(31)), 'username'],
      [signUpBody('nul\u0000l', { email: 'x@example.org' }), 'username'],
      [signUpBody('frodo', { email: 'nowhere' }), 'email'],
      [signUpBody('frodo', { email: `${'x'.repeat(250)}@example.org` }), 'email'],
      [signUpBody('frodo', { password: 'short' }), 'password'],
      [signUpBody('frodo', { password: '1234567890' }), 'password'],
      [signUpBody('frodo', { password: 'x7'.repeat(513) }), 'password'],
      [signUpBody('frodo', { password: 'frodo12345' }), 'password'],
      [signUpBody('frodo', { password: ['a list', 'of passwords'] }), 'password'],
      [signUpBody('frodo', { username: undefined }), 'username'],
      [signUpBody('frodo', { username: { $ne: 1 } }), 'username'],
      [{}, 'username'],
    ];
    for (const [body, field] of cases) {
      const response = await index.anonymous.post('/api/v1/users', body);
      assert.equal(response.status, 400, JSON.stringify(body));
      assert.equal(code(response), 'VALIDATION_FAILED');
      assert.equal(response.json.errors[0].detail[0].field, field, JSON.stringify(body));
    }
    for (const body of ['', 'null', '[]', '"text"', '{"username":', '{"__proto__":{"x":1}}']) {
      const response = await index.anonymous.send('POST', '/api/v1/users', {
        body,
        headers: { 'content-type': 'application/json' },
      });
      assert.equal(response.status, 400, body);
    }
    assert.equal(await accounts(), before);
  });

  it('reject fields that callers may not set (S01)', async () => {
    const before = await accounts();
    const columns = await rows<{ column: string }>(
      `select column_name as column from information_schema.columns where table_name = 'account'
        and column_name <> 'email'`,
    );
    const camel = columns.map(({ column }) =>
      column.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase()),
    );
    const fields = [...columns.map(({ column }) => column), ...camel, 'administrator', 'official', 'ownerId'];
    assert.ok(fields.length > 15);
    const alice = index.anonymous.basic('alice', 'correct horse battery staple');
    const row = async (): Promise<unknown> => (await rows(`select * from account where name = 'alice'`))[0];
    const unchanged = await row();
    for (const field of new Set(fields)) {
      for (const value of [true, '1']) {
        const signUp = await index.anonymous.post('/api/v1/users', signUpBody('mallory', { [field]: value }));
        assert.equal(signUp.status, 400, field);
        assert.equal(
          (await alice.patch('/api/v1/user', { email: 'new@example.org', [field]: value })).status,
          400,
        );
      }
    }
    assert.equal(await accounts(), before);
    assert.deepEqual(await row(), unchanged);
  });

  it('change e-mail address and password; a new password needs the current one and ends all sessions', async () => {
    await index.anonymous.post('/api/v1/users', signUpBody('gerda'));
    const login = (password: string): Promise<HttpResponse> =>
      index.anonymous.post('/api/v1/login', { username: 'gerda', password });
    const cookie = (response: HttpResponse): Record<string, string> => ({
      cookie: response.setCookie[0]!.split(';', 1)[0]!,
    });
    const browser = index.anonymous.with(cookie(await login('correct horse battery staple')));
    const other = index.anonymous.with(cookie(await login('correct horse battery staple')));

    const emailChange = await browser.patch('/api/v1/user', { email: 'g@example.net' });
    assert.equal(emailChange.status, 200);
    assert.equal(emailChange.json.email, 'g@example.net');

    const password = 'a wholly different phrase';
    assert.equal((await browser.patch('/api/v1/user', { password })).status, 400);
    assert.equal((await browser.patch('/api/v1/user', {})).status, 400);
    const wrong = await browser.patch('/api/v1/user', { password, current_password: 'not this one' });
    assert.equal(wrong.status, 401);
    assert.equal((await login('correct horse battery staple')).status, 200, 'nothing was changed');

    const changed = await browser.patch('/api/v1/user', {
      password,
      current_password: 'correct horse battery staple',
    });
    assert.equal(changed.status, 200);
    assert.equal((await other.get('/api/v1/user')).status, 401);
    assert.equal((await browser.get('/api/v1/user')).status, 401);
    assert.equal((await index.anonymous.with(cookie(changed)).get('/api/v1/user')).status, 200);
    assert.equal((await login('correct horse battery staple')).status, 401);
    assert.equal((await login(password)).status, 200);
  });

  it('end with all their credentials when deleted, and their name stays taken (S13, S32)', async () => {
    await index.anonymous.post('/api/v1/users', signUpBody('hugo'));
    const hugo = index.anonymous.basic('hugo', 'correct horse battery staple');
    const { json } = await hugo.post('/api/v1/user/tokens', {
      label: 'ci',
      permissions: ['pull'],
      repositories: ['hugo/*'],
    });
    const login = await index.anonymous.post('/api/v1/login', {
      username: 'hugo',
      password: 'correct horse battery staple',
    });
    const browser = index.anonymous.with({ cookie: login.setCookie[0]!.split(';', 1)[0]! });

    // A session or stored Basic credentials alone are not enough.
    for (const actor of [browser, hugo]) {
      assert.equal(code(await actor.delete('/api/v1/user')), 'VALIDATION_FAILED');
      const wrong = await actor.delete('/api/v1/user', { password: 'not this one' });
      assert.equal(code(wrong), 'INVALID_CREDENTIALS');
      assert.equal(code(await actor.delete('/api/v1/user', { password: json.token })), 'INVALID_CREDENTIALS');
    }
    assert.equal((await hugo.get('/api/v1/user')).status, 200, 'nothing was deleted');
    const password = 'correct horse battery staple';
    assert.equal((await browser.delete('/api/v1/user', { password })).status, 204);
    for (const actor of [
      hugo,
      browser,
      index.anonymous.bearer(json.token),
      index.anonymous.basic('hugo', json.token),
    ]) {
      assert.equal((await actor.get('/api/v1/user')).status, 401);
    }
    for (const name of ['hugo', 'hug0']) {
      const again = await index.anonymous.post('/api/v1/users', signUpBody(name));
      assert.equal(again.status, 409);
      assert.equal(code(again), 'NAME_TAKEN');
    }
    const [row] = await rows(`select email, password_hash from account where name = 'hugo'`);
    assert.deepEqual(row, { email: null, password_hash: null });
  });

  it('store no secret from which a stolen database gives access (S25)', async () => {
    const dump = JSON.stringify(
      await rows(
        `select (select json_agg(a) from account a) as a, (select json_agg(t) from access_token t) as t,
              (select json_agg(s) from session s) as s, (select json_agg(e) from audit_event e) as e`,
      ),
    );
    for (const secret of ['correct horse battery staple', 'a wholly different phrase', 'ci_pat_']) {
      assert.ok(!dump.includes(secret), secret);
    }
    const hashes = await rows<{ hash: string }>(
      'select password_hash as hash from account where password_hash is not null',
    );
    assert.ok(hashes.length > 3);
    for (const { hash } of hashes) assert.match(hash, /^\$argon2id\$/);
  });

  it('are limited to 60 attempts per address and hour', async () => {
    await rows(`delete from rate_limit`);
    const responses = [];
    for (let i = 0; i < 62; i += 1) {
      // The password is too short: attempts count all the same, and no hashing slows the test down.
      responses.push(
        await index.anonymous.post('/api/v1/users', signUpBody(`crowd${i}`, { password: 'short' })),
      );
    }
    assert.deepEqual(
      responses.map(({ status }) => status),
      [...Array<number>(60).fill(400), 429, 429],
    );
    assert.ok(Number(responses.at(-1)!.headers['retry-after']) > 3_000);
    assert.equal(code(await index.anonymous.post('/api/v1/users', signUpBody('alice'))), 'NAME_TAKEN');
  });

  it('need an invite with SIGN_UP=invite, and each invite creates one account', async () => {
    const closed = await IndexUnderTest.start({ SIGN_UP: 'invite', RATE_LIMITS: 'off' });
    try {
      const signUp = (name: string, more: Record<string, unknown> = {}): Promise<HttpResponse> =>
        closed.anonymous.post('/api/v1/users', signUpBody(name, more));
      assert.equal(code(await signUp('ida')), 'INVITE_REQUIRED');
      assert.equal(code(await signUp('ida', { invite: 'made up' })), 'INVITE_INVALID');
      const invites = closed.app.get(InvitesService, { strict: false });
      const { code: invite } = await invites.create({}, { name: ':test' });
      const responses = await Promise.all(
        Array.from({ length: 6 }, (_, i) => signUp(`racer-number-${i}`, { invite })),
      );
      assert.equal(responses.filter(({ status }) => status === 201).length, 1);
      assert.equal(
        responses.filter((response) => response.status === 403 && code(response) === 'INVITE_INVALID').length,
        5,
      );
      assert.equal(
        (await closed.app.get(Database, { strict: false }).query(sql('select from account'))).length,
        1,
      );

      const { code: bound } = await invites.create({ email: 'Ida@example.org' }, { name: ':test' });
      assert.equal(code(await signUp('imposter', { invite: bound })), 'INVITE_INVALID');
      assert.equal((await signUp('ida', { invite: bound })).status, 201);

      const { code: old } = await invites.create({}, { name: ':test' });
      await closed.app
        .get(Database, { strict: false })
        .query(sql(`update invite set expires_at = now() - interval '1 second' where used_at is null`));
      assert.equal(code(await signUp('late', { invite: old })), 'INVITE_INVALID');
    } finally {
      await closed.stop();
    }
  });

  it('return SIGN_UP_CLOSED with SIGN_UP=closed', async () => {
    const closed = await IndexUnderTest.start({ SIGN_UP: 'closed' });
    try {
      const response = await closed.anonymous.post('/api/v1/users', signUpBody('jane'));
      assert.equal(response.status, 403);
      assert.equal(code(response), 'SIGN_UP_CLOSED');
    } finally {
      await closed.stop();
    }
  });
});
