import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import type { Actor, HttpResponse } from '../support/client';
import { IndexUnderTest } from '../support/index-under-test';
import { postToken, refresh, register, requestToken } from '../support/token-fixtures';

// Words of validators, which mean nothing to a person at a terminal.
const jargon =
  /expected|received|unrecognized|invalid (input|option|discriminator)|too (big|small)|string|regex|pattern/i;
// No parameter has any of these values, but the empty one, which counts as absent.
const invalidValues = [
  ...[
    ' ',
    '\0',
    '%00',
    '../reg',
    '[]',
    '{}',
    'reg,reg',
    'é',
    'unknown',
    'REG',
    'reg\n',
    '\treg',
    '1e9',
    'null',
  ],
  ...[
    'undefined',
    '__proto__',
    'constructor',
    'a'.repeat(256),
    'a'.repeat(10_000),
    "' or 1=1 --",
    'reg;other',
  ],
  ...['reg&other', 'reg%20', '%72eg', '*', 'r?g', 'http://localhost:23351', '🐳', '\u202ereg'],
];
const unknownNames = [
  ...[
    'foo',
    'Service',
    'SERVICE',
    'scope[]',
    'service[]',
    'service[0]',
    'service.x',
    'service\0',
    'access',
    'aud',
  ],
  ...[
    'sub',
    'resource',
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'a'.repeat(1_000),
    'é',
    ' service',
  ],
];
const encoded = (fields: Record<string, string>): string => new URLSearchParams(fields).toString();

describe('parameters of /token', () => {
  let index: IndexUnderTest;
  let alice: Actor;
  let anonymous: Actor;
  beforeAll(async () => {
    index = await IndexUnderTest.start({ RATE_LIMITS: 'off' });
    anonymous = index.anonymous;
    alice = await index.signUp('alice');
    await register(index, { name: 'reg', url: 'http://localhost:23371' });
  });
  afterAll(() => index.stop());

  const get = (caller: Actor, query: string): Promise<HttpResponse> =>
    caller.sendRaw('GET', `/token?${query}`);
  const post = (body: string, type = 'application/x-www-form-urlencoded'): Promise<HttpResponse> =>
    anonymous.send('POST', '/token', { body, headers: { 'content-type': type } });
  const login = { service: 'reg', client_id: 'docker' };
  const password = {
    ...login,
    grant_type: 'password',
    username: 'alice',
    password: 'a long password of alice',
  };
  const renewal = { ...login, grant_type: 'refresh_token', refresh_token: 'x' };
  /** Asserts an error in the form and in the words that docker prints, without a token. */
  const assertError = (response: HttpResponse, status: number, what: string): void => {
    assert.equal(response.status, status, `${what} ${response.text}`);
    const { details, errors, token } = response.json;
    assert.equal(errors[0].message, details, what);
    assert.doesNotMatch(details, jargon, what);
    assert.equal(token, undefined, what);
  };

  it('are ignored by GET and by POST if they are unknown (RFC 6749, 3.2)', async () => {
    for (const name of unknownNames) {
      for (const value of ['x', '', '\0', 'a'.repeat(2_000)]) {
        const one = encoded({ [name]: value });
        assert.equal((await get(alice, `${one}&service=reg`)).status, 200, one.slice(0, 60));
        assert.equal((await get(anonymous, `service=reg&${one}&${one}`)).status, 200, one.slice(0, 60));
        assert.equal((await post(`${encoded(password)}&${one}&${one}`)).status, 200, one.slice(0, 60));
      }
    }
    const foreign = 'account=bob&offline_token=maybe&client_secret=x&code=y&redirect_uri=z';
    assert.equal((await post(`${encoded(password)}&${foreign}`)).status, 200);
    assert.equal((await get(anonymous, 'service=reg&username=alice&password=x&access_type=z')).status, 200);
  });

  it('count as absent if they are empty (RFC 6749, 3.2)', async () => {
    const empty = 'scope=&account=&client_id=&offline_token=&service=';
    const byGet = await get(alice, `${empty}&service=reg`);
    assert.equal(byGet.status, 200);
    assert.equal(byGet.json.refresh_token, undefined);
    const byPost = await post(
      `refresh_token=&access_type=&scope=&username=&${encoded(password)}&grant_type=`,
    );
    assert.equal(byPost.status, 200, byPost.text);
    for (const name of ['service', 'client_id', 'grant_type', 'username', 'password'] as const) {
      const [absent, blank] = [{ ...password } as Record<string, string>, { ...password, [name]: '' }];
      delete absent[name];
      const responses = [await post(encoded(absent)), await post(encoded(blank))];
      for (const response of responses) assertError(response, 400, name);
      assert.equal(responses[0]!.text, responses[1]!.text, name);
    }
    assertError(await get(alice, 'service='), 400, 'service');
    assertError(await get(alice, ''), 400, 'service');
  });

  it('ask to log in again if the refresh token is not of this index', async () => {
    const jwt = `${Buffer.from('{"alg":"ES256","typ":"JWT"}').toString('base64url')}.${'a'.repeat(4_000)}.${'b'.repeat(86)}`;
    const { json } = await requestToken(alice, 'reg', [], { offline_token: 'true' });
    const own = json.refresh_token as string;
    for (const token of [
      jwt,
      'x',
      ' ',
      'é',
      '\0',
      own.toUpperCase(),
      `${own}x`,
      'a'.repeat(12_000),
      json.token as string,
    ]) {
      const response = await refresh(anonymous, 'reg', token);
      assertError(response, 401, token.slice(0, 40));
      assert.match(response.json.details as string, /log in again/);
      assert.equal(response.json.errors[0].code, 'UNAUTHORIZED');
    }
    assertError(await post(encoded({ ...renewal, refresh_token: '' })), 400, 'empty');
    assert.equal((await refresh(anonymous, 'reg', own)).status, 200);
  });

  it('are wrong credentials, not a malformed request, if name or password are out of all bounds', async () => {
    for (const value of [' ', '\0', 'é', '🐳', 'a'.repeat(300), 'b'.repeat(10_000), '\u202ealice']) {
      for (const name of ['username', 'password'] as const) {
        const response = await postToken(anonymous, 'reg', { ...password, [name]: value });
        // Wrong passwords of one address are limited.
        assertError(response, response.status === 429 ? 429 : 401, value.slice(0, 20));
      }
    }
  });

  it('may not be repeated, except scope', async () => {
    for (const name of ['service', 'account', 'client_id', 'offline_token']) {
      const response = await get(alice, `${name === 'service' ? '' : 'service=reg&'}${name}=x&${name}=x`);
      assertError(response, 400, name);
      assert.equal(response.json.details, `${name}: was sent more than once`);
    }
    for (const name of Object.keys(password)) {
      assertError(await post(`${encoded(password)}&${name}=x`), 400, name);
    }
    assert.equal(
      (await get(alice, 'service=reg&scope=repository:a/b:pull&scope=repository:a/c:pull')).status,
      200,
    );
  });

  it('get no token with values that no registry, choice or form has (S21)', async () => {
    for (const value of invalidValues) {
      const one = (name: string): string => encoded({ [name]: value });
      assertError(await get(alice, one('service')), 400, value.slice(0, 40));
      assertError(await get(anonymous, one('service')), 400, value.slice(0, 40));
      assertError(await get(alice, `service=reg&${one('offline_token')}`), 400, value.slice(0, 40));
      assertError(await get(alice, `service=reg&${one('account')}`), 400, value.slice(0, 40));
      assert.equal((await get(anonymous, `service=reg&${one('account')}`)).status, 200, value.slice(0, 40));
      for (const name of ['grant_type', 'access_type']) {
        assertError(await post(encoded({ ...password, [name]: value })), 400, value.slice(0, 40));
        assertError(await post(encoded({ ...renewal, [name]: value })), 400, value.slice(0, 40));
      }
      const renewed = await post(encoded({ ...renewal, service: value }));
      assertError(renewed, renewed.status === 401 ? 401 : 400, value.slice(0, 40));
    }
    for (const body of ['', 'x', '&', '=', 'grant_type', '{}', '{"grant_type":"password"}']) {
      assertError(await post(body), 400, body);
    }
    for (const type of ['application/json', 'text/plain', 'multipart/form-data', 'application/xml', 'x/y']) {
      assertError(await post(encoded(password), type), 400, type);
      assertError(await post(JSON.stringify(password), type), 400, type);
    }
    const utf8 = 'application/x-www-form-urlencoded; charset=utf-8';
    assert.equal((await post(encoded(password), utf8)).status, 200);
  });
});
