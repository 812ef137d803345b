import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import { DomainError } from '@central-index/platform/errors';
import fc from 'fast-check';
import { parseForm } from '../http/body/form';
import { readTokenForm, readTokenQuery, type TokenForm, type TokenQuery } from './token-parameters';

const query = { account: undefined, client: '', offline: false, scopes: [] };
const form = { client: 'docker', service: 'reg', offline: false, scopes: [] };
const password = { ...form, grantType: 'password', username: 'a', password: 'b' } as const;
const login = 'service=reg&client_id=docker&grant_type=password&username=a&password=b';

function refusalOf(read: () => unknown): string {
  try {
    return JSON.stringify(read());
  } catch (error) {
    assert.ok(error instanceof DomainError && error.status === 400, String(error));
    return error.message;
  }
}

describe('parameters of GET /token', () => {
  const read: [string, TokenQuery][] = [
    ['service=reg', { ...query, service: 'reg' }],
    ['service=reg&scope=a&scope=b&scope=', { ...query, service: 'reg', scopes: ['a', 'b'] }],
    ['service=&service=reg&account=&client_id=&offline_token=', { ...query, service: 'reg' }],
    ['service=reg&resource=x&resource=y&grant_type=password&password=p', { ...query, service: 'reg' }],
    ['service=reg&Service=other&scope[]=x&service%00=x', { ...query, service: 'reg' }],
    ['__proto__=x&constructor=y&prototype=z&toString=1&service=reg', { ...query, service: 'reg' }],
    ['service=reg&account=al&offline_token=true', { ...query, service: 'reg', account: 'al', offline: true }],
    [`service=reg&account=${'a'.repeat(300)}`, { ...query, service: 'reg', account: 'a'.repeat(300) }],
  ];
  for (const [text, expected] of read) {
    it(`reads ${text.slice(0, 60)}`, () => assert.deepEqual(readTokenQuery(parseForm(text)), expected));
  }
  const refused: [string, RegExp][] = [
    ['', /^service: is missing: it names the registry/],
    ['service=', /^service: is missing/],
    ['SERVICE=reg', /^service: is missing/],
    ['service=a&service=b', /^service: was sent more than once$/],
    [`service=${'a'.repeat(256)}`, /^unknown service/],
    ['service=a%00', /^unknown service/],
    ['service=a&offline_token=yes', /^offline_token: may be true or false$/],
    [`service=a&client_id=${'a'.repeat(256)}`, /^client_id: may have 255 characters at most$/],
    ['service=a&account=b&account=c', /^account: was sent more than once$/],
  ];
  for (const [text, expected] of refused) {
    it(`refuses ${text.slice(0, 40)}`, () =>
      assert.match(
        refusalOf(() => readTokenQuery(parseForm(text))),
        expected,
      ));
  }
});

describe('parameters of POST /token', () => {
  const read: [string, TokenForm][] = [
    [login, password],
    [`${login}&access_type=&scope=&account=&offline_token=true&client_secret=x&code=y`, password],
    [`${login}&refresh_token=x&assertion=1&assertion=2`, password],
    [`${login}&access_type=offline&scope=a b`, { ...password, offline: true, scopes: ['a b'] }],
    [
      `service=reg&client_id=docker&grant_type=refresh_token&refresh_token=${'x'.repeat(4096)}`,
      {
        ...form,
        grantType: 'refresh_token',
        refreshToken: 'x'.repeat(4096),
      },
    ],
  ];
  for (const [text, expected] of read) {
    it(`reads ${text.slice(0, 100)}`, () => assert.deepEqual(readTokenForm(parseForm(text)), expected));
  }
  const refused: [string, RegExp][] = [
    ['', /^grant_type: is missing$/],
    ['grant_type=client_credentials', /^grant_type: may be password or refresh_token$/],
    [login.replace('username=a', 'username='), /^username: is missing$/],
    [login.replace('password=b', 'password='), /^password: is missing$/],
    [`${login}&password=c`, /^password: was sent more than once$/],
    [login.replace('client_id=docker', ''), /^client_id: is missing$/],
    [`${login}&access_type=maybe`, /^access_type: may be offline or online$/],
    ['service=reg&client_id=x&grant_type=refresh_token', /^refresh_token: is missing: log in again$/],
  ];
  for (const [text, expected] of refused) {
    it(`refuses ${text.slice(0, 80)}`, () =>
      assert.match(
        refusalOf(() => readTokenForm(parseForm(text))),
        expected,
      ));
  }

  it('are the same whatever unknown and empty parameters are among them', () => {
    const known = [
      'service',
      'client_id',
      'grant_type',
      'username',
      'password',
      'refresh_token',
      'scope',
      'access_type',
    ];
    const unknown = fc.tuple(
      fc.string({ minLength: 1, maxLength: 12 }).filter((name) => !known.includes(name)),
      fc.string({ maxLength: 12 }),
    );
    const empty = fc.constantFrom(...known).map((name) => [name, ''] as [string, string]);
    fc.assert(
      fc.property(fc.array(fc.oneof(unknown, empty), { maxLength: 30 }), fc.nat(), (more, seed) => {
        const pairs = [...new URLSearchParams(login)];
        for (const [i, pair] of more.entries()) pairs.splice((seed + i) % (pairs.length + 1), 0, pair);
        assert.deepEqual(readTokenForm(parseForm(new URLSearchParams(pairs).toString())), password);
      }),
    );
  });
});
