import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { AccountAdministration } from '@central-index/accounts';
import type { Actor, HttpResponse } from '../support/client';
import { IndexUnderTest } from '../support/index-under-test';
import { withAccessToken } from '../support/token-fixtures';

const exists = '"Username or email already exists"';
const signUpBody = (
  username: string,
  password = 'a long enough word',
  email = `${username}@example.org`,
) => ({
  username,
  password,
  email,
  auth: '',
});
const outcome = ({ status, text }: HttpResponse): [number, string] => [status, text];

describe('users of the v1 protocol', () => {
  let index: IndexUnderTest;
  let alice: Actor;
  const signUp = (body: unknown): Promise<HttpResponse> => index.anonymous.post('/v1/users/', body);

  beforeAll(async () => {
    index = await IndexUnderTest.start();
    alice = await index.signUp('alice');
    await index.signUp('bobby');
  });
  afterAll(() => index.stop());

  it('sign up, with and without a trailing slash, and can sign in then', async () => {
    for (const [path, name] of [
      ['/v1/users/', 'newbie'],
      ['/v1/users', 'second'],
    ] as const) {
      const response = await index.anonymous.post(path, signUpBody(name));
      assert.deepEqual(outcome(response), [201, '"User Created"']);
      assert.match(response.headers['content-type']!, /^application\/json/);
      const caller = index.anonymous.basic(name, 'a long enough word');
      assert.deepEqual(outcome(await caller.get(path)), [200, '"OK"']);
      assert.equal((await caller.get('/api/v1/user')).json.email, `${name}@example.org`);
    }
  });

  it('get the exact text for an existing name before any other rule, whatever the case of letters', async () => {
    for (const body of [
      signUpBody('alice', 'x', 'no address'),
      { username: 'alice' },
      { username: 'ALICE', password: '', email: '' },
      { username: 'alice', password: 7, email: [] },
    ]) {
      const response = await signUp(body);
      assert.deepEqual(outcome(response), [400, exists], JSON.stringify(body));
    }
    const [one, other] = await Promise.all([signUp(signUpBody('racer')), signUp(signUpBody('racer'))]);
    assert.deepEqual([one, other].map(outcome).sort(), [
      [201, '"User Created"'],
      [400, exists],
    ]);
  });

  it('never learn whether an e-mail address is used', async () => {
    const response = await signUp(signUpBody('mallory', undefined, 'alice@example.org'));
    assert.equal(response.status, 201);
  });

  it('get a text that can be printed for every other refusal', async () => {
    const refused: [body: unknown, status: number, text: RegExp][] = [
      [signUpBody('Ab'), 400, /username/],
      [signUpBody('shorty', 'abc'), 400, /password/],
      [signUpBody('nomail', undefined, 'none'), 400, /e-mail/],
      [signUpBody('admin'), 400, /reserved/],
      [signUpBody('a1ice'), 400, /looks like/],
      [[], 400, /./],
      ['text', 400, /./],
      [{ username: 7 }, 400, /username/],
    ];
    for (const [body, status, text] of refused) {
      const response = await signUp(body);
      assert.equal(response.status, status, response.text);
      assert.equal(typeof response.json, 'string', response.text);
      assert.match(response.json, text);
    }
    const noJson = await index.anonymous.send('POST', '/v1/users/', { body: '{' });
    assert.equal(noJson.status, 400);
    assert.equal(typeof noJson.json, 'string');
  });

  it('are refused with the challenge of the protocol for wrong and absent credentials', async () => {
    for (const caller of [
      index.anonymous,
      index.anonymous.basic('', ''),
      index.anonymous.basic('alice', 'wrong'),
      index.anonymous.basic('nobody', 'wrong'),
      index.anonymous.bearer('anything'),
    ]) {
      const response = await caller.get('/v1/users/');
      assert.equal(response.status, 401);
      assert.equal(response.headers['www-authenticate'], 'Basic realm="auth required",Token');
      assert.equal(typeof response.json, 'string');
    }
    const token = await withAccessToken(index, alice, ['pull'], ['*/*']);
    assert.deepEqual(outcome(await token.get('/v1/users/')), [200, '"OK"']);
  });

  it('learn that their account is disabled only with its password, and only here', async () => {
    const password = 'a long password of eve';
    const eve = await index.signUp('evelyn', password);
    await index.app.get(AccountAdministration, { strict: false }).disable('evelyn', { name: ':test' });
    assert.deepEqual(outcome(await eve.get('/v1/users/')), [403, '"Account is not active"']);
    assert.equal((await index.anonymous.basic('evelyn', 'wrong').get('/v1/users/')).status, 401);
    assert.equal((await eve.get('/api/v1/user')).status, 401);
    assert.deepEqual(outcome(await signUp(signUpBody('evelyn'))), [400, exists]);
  });

  it('change their own password and address, and nothing of others', async () => {
    const carol = await index.signUp('carol');
    const put = (caller: Actor, name: string, body: unknown): Promise<HttpResponse> =>
      caller.put(`/v1/users/${name}/`, body);
    assert.deepEqual(outcome(await put(carol, 'carol', { email: 'c@example.org' })), [204, '']);
    assert.equal((await carol.get('/api/v1/user')).json.email, 'c@example.org');
    assert.equal((await put(alice, 'carol', { password: 'another long word' })).status, 403);
    assert.equal((await put(carol, 'nobody', { password: 'another long word' })).status, 404);
    assert.equal((await put(index.anonymous, 'carol', { password: 'another long word' })).status, 401);
    const restricted = await withAccessToken(index, carol, ['pull', 'push', 'delete', 'metadata'], ['*/*']);
    assert.equal((await put(restricted, 'carol', { password: 'another long word' })).status, 403);
    for (const body of [{}, { password: 'abc' }, { email: 'none' }, [], undefined]) {
      const response = await put(carol, 'carol', body);
      assert.equal(response.status, 400, JSON.stringify(body));
      assert.equal(typeof response.json, 'string');
    }
    assert.deepEqual(outcome(await carol.put('/v1/users/carol', { password: 'another long word' })), [
      204,
      '',
    ]);
    assert.equal((await carol.get('/v1/users/')).status, 401);
    assert.equal((await index.anonymous.basic('carol', 'another long word').get('/v1/users/')).status, 200);
  });

  it('are not signed up by pages of other sites', async () => {
    const browser = index.anonymous.with({ 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' });
    assert.equal((await browser.post('/v1/users/', signUpBody('victim'))).status, 403);
  });

  for (const mode of ['closed', 'invite'] as const) {
    it(`get a text that sign-up is ${mode}, and still sign in`, async () => {
      const other = await IndexUnderTest.start({ SIGN_UP: mode }, index.database);
      try {
        const response = await other.anonymous.post('/v1/users/', signUpBody('zelda'));
        assert.equal(response.status, 403);
        assert.match(response.json, /administrator/);
        assert.deepEqual(outcome(await other.anonymous.post('/v1/users/', signUpBody('alice'))), [
          400,
          exists,
        ]);
        assert.equal((await alice.get('/v1/users/')).status, 200);
      } finally {
        await other.stop();
      }
    });
  }
});
