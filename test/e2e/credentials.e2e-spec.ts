import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { SearchSync } from '@central-index/search';
import { Database, sql } from '@central-index/platform/database';
import type { Actor, HttpResponse } from '../support/client';
import { IndexUnderTest } from '../support/index-under-test';
import { insertPushedTags } from '../support/push-fixture';
import {
  addOfficial,
  grantedAccess,
  markActive,
  postToken,
  promote,
  readJwt,
  register,
  requestToken,
} from '../support/token-fixtures';

const phrase = 'a long password of alice';
const emailHint = 'use your user name, not the e-mail address';

// The v1 protocol has its messages as JSON strings.
const messageOf = ({ json }: HttpResponse): string =>
  typeof json === 'string' ? json : ((json.details ?? json.errors[0].message) as string);

describe('credentials as clients and people send them', () => {
  let index: IndexUnderTest;
  let alice: Actor;
  let anonymous: Actor;
  beforeAll(async () => {
    index = await IndexUnderTest.start({ RATE_LIMITS: 'off', TRUSTED_PROXIES: '127.0.0.1' });
    anonymous = index.anonymous;
    alice = await index.signUp('alice');
    await index.signUp('olga');
    await promote(index, 'olga');
    await register(index, { name: 'reg', url: 'http://localhost:23381' });
    await grantedAccess(alice, 'reg', 'repository:alice/secret:push,pull');
    await markActive(index, 'alice/secret', 'private');
    await insertPushedTags(index, 'alice/secret', ['v1']);
    const rows = await rowsOf<{ id: string }>('select id from repository');
    await index.app.get(SearchSync, { strict: false }).sync(rows.map(({ id }) => String(id)));
  });
  afterAll(() => index.stop());

  const rowsOf = <T extends object>(text: string): Promise<T[]> =>
    index.app.get(Database).query(sql<T>(text));
  /** Changes rows; when it returns, no cache holds the former ones. */
  const change = (text: string): Promise<unknown> => {
    const database = index.app.get(Database);
    return database.transaction((manager) => database.query(sql(text), [], manager));
  };
  const newToken = async (more: object = {}): Promise<{ id: string; token: string }> => {
    const body = { label: 'ci', permissions: ['pull'], repositories: ['alice/*'], ...more };
    const response = await alice.post('/api/v1/user/tokens', body);
    assert.equal(response.status, 201, response.text);
    return response.json as { id: string; token: string };
  };
  /** A sign-in by name and secret at every place that takes one. */
  const signIns = (name: string, secret: string): Record<string, () => Promise<HttpResponse>> => {
    const basic = anonymous.basic(name, secret);
    return {
      'GET /token': () => requestToken(basic, 'reg'),
      'GET /token with account': () => requestToken(basic, 'reg', [], { account: name }),
      'GET /token with offline_token': () => requestToken(basic, 'reg', [], { offline_token: 'true' }),
      'POST /token': () =>
        postToken(anonymous, 'reg', { grant_type: 'password', username: name, password: secret }),
      'REST with Basic': () => basic.get('/api/v1/user'),
      '/v1/search with Basic': () => basic.get('/v1/search?q=secret'),
      'REST log-in': () => anonymous.post('/api/v1/login', { username: name, password: secret }),
    };
  };

  describe('a name in capital letters (names have lower case only)', () => {
    it('signs in everywhere, by password and by access token', async () => {
      const { token } = await newToken();
      for (const name of ['Alice', 'ALICE', 'aLiCe']) {
        for (const secret of [phrase, token]) {
          for (const [place, signIn] of Object.entries(signIns(name, secret))) {
            const response = await signIn();
            // A session may do more than an access token, so none starts one.
            const status = place === 'REST log-in' && secret === token ? 401 : 200;
            assert.equal(response.status, status, `${place} ${name} ${response.text}`);
            if (place.includes('/token'))
              assert.equal(readJwt(response.json.token).claims.sub, 'alice', place);
            else if (place.startsWith('REST') && status === 200)
              assert.equal(response.json.username, 'alice');
          }
        }
      }
      const search = await anonymous.basic('Alice', phrase).get('/v1/search?q=secret');
      assert.deepEqual(
        (search.json.results as { name: string }[]).map((one) => one.name),
        ['alice/secret'],
      );
    });

    it('is compared with the account parameter without regard to case', async () => {
      for (const account of ['alice', 'Alice', 'ALICE']) {
        for (const caller of [alice, anonymous.basic('Alice', phrase)]) {
          assert.equal((await requestToken(caller, 'reg', [], { account })).status, 200, account);
        }
      }
      assert.equal((await requestToken(alice, 'reg', [], { account: 'Bob' })).status, 400);
    });

    it('counts wrong passwords for the one account, and is stored in lower case', async () => {
      const from = (address: string): Actor => anonymous.with({ 'x-forwarded-for': address });
      await from('198.51.100.1').basic('ALICE', 'wrong').get('/api/v1/user');
      await from('198.51.100.2').basic('Alice', 'wrong').get('/api/v1/user');
      const failures = await rowsOf<{ name: string; consecutive: number }>('select * from password_failure');
      assert.deepEqual(
        failures.map(({ name, consecutive }) => [name, Number(consecutive)]),
        [['alice', 2]],
      );
      const events = await rowsOf<{ subject: string }>(
        `select distinct subject from audit_event where action like 'account.sign%in%' and subject ilike 'alice'`,
      );
      assert.deepEqual(events, [{ subject: 'alice' }]);
      assert.equal((await from('198.51.100.3').basic('aLICE', phrase).get('/api/v1/user')).status, 200);
      assert.deepEqual(await rowsOf('select from password_failure'), []);
    });

    it('is found in paths and filters, of repositories too', async () => {
      const olga = anonymous.basic('Olga', 'a long password of olga');
      const path = '/api/v1/repositories/Alice/SECRET';
      for (const address of [
        path,
        `${path}/tags`,
        `${path}/tags/v1`,
        '/api/v1/namespaces/ALICE/repositories',
      ]) {
        const response = await alice.get(address);
        assert.equal(response.status, 200, address);
        assert.equal(
          (await alice.get(address.replace(/Alice\/SECRET|ALICE/, (text) => text.toLowerCase()))).text,
          response.text,
        );
      }
      assert.equal((await alice.patch(path, { description: 'x' })).json.full_name, 'alice/secret');
      assert.equal((await alice.put(`${path}/star`)).status, 204);
      assert.equal((await alice.get(`${path}/tags/V1`)).status, 404, 'tags have capital letters');
      const created = await alice.post('/api/v1/namespaces/Alice/repositories', { name: 'made' });
      assert.equal(created.json.full_name, 'alice/made', created.text);
      for (const namespace of ['alice', 'Alice', 'ALICE']) {
        const { json } = await alice.get(`/api/v1/search?q=secret&namespace=${namespace}`);
        assert.equal(json.total, 1, namespace);
      }
      await addOfficial(index, 'CentOS');
      assert.equal((await anonymous.get('/api/v1/repositories/Library/CentOS')).status, 200);
      assert.equal((await olga.put('/api/v1/admin/official/CENTOS', {})).status, 200);
      assert.equal((await olga.get('/api/v1/admin/token-explanation?account=ALICE&service=reg')).status, 200);
      const events = await olga.get('/api/v1/admin/audit?actor=Alice&per_page=1');
      assert.equal(events.json.items.length, 1);
    });

    it('opens nothing at a registry, which compares names literally', async () => {
      assert.equal(await grantedAccess(alice, 'reg', 'repository:Alice/secret:pull'), '');
      assert.equal(await grantedAccess(alice, 'reg', 'repository:alice/Secret:pull'), '');
    });

    it('is not made of letters whose lower case happens to be in ASCII', async () => {
      await index.signUp('kevin');
      for (const name of ['\u212aevin', '\uff2bevin']) {
        assert.equal(
          (await anonymous.basic(name, 'a long password of kevin').get('/api/v1/user')).status,
          401,
        );
        assert.equal(
          (await anonymous.get(`/api/v1/namespaces/${encodeURIComponent(name)}/repositories`)).status,
          404,
        );
      }
    });
  });

  describe('an e-mail address as the user name', () => {
    it('is answered with what to type instead, whatever the secret', async () => {
      const { token } = await newToken();
      for (const name of ['alice@example.org', 'Alice@Example.org', 'absent@example.org', 'x@y']) {
        for (const secret of [phrase, 'wrong', token]) {
          for (const [place, signIn] of Object.entries(signIns(name, secret))) {
            if (place === 'REST log-in' && secret === token) continue;
            const response = await signIn();
            assert.equal(response.status, 401, place);
            assert.equal(messageOf(response), emailHint, place);
          }
        }
      }
    });

    it('does not count as a wrong password', async () => {
      const caller = anonymous.with({ 'x-forwarded-for': '198.51.100.9' });
      for (let i = 0; i < 15; i++) await caller.basic('alice@example.org', phrase).get('/api/v1/user');
      assert.equal((await caller.basic('alice', phrase).get('/api/v1/user')).status, 200);
    });
  });

  describe('bytes of Basic credentials (RFC 7617)', () => {
    const password = 'Füße, Straße und Bäume';
    const basic = (bytes: Buffer): Actor =>
      anonymous.with({ authorization: `Basic ${bytes.toString('base64')}` });

    it('are asked for in UTF-8 by every Basic challenge', async () => {
      const wrong = anonymous.basic('alice', 'wrong');
      const responses = [
        await requestToken(wrong, 'reg'),
        await postToken(anonymous, 'reg', { grant_type: 'password', username: 'alice', password: 'wrong' }),
        await postToken(anonymous, 'reg', { grant_type: 'refresh_token', refresh_token: 'x' }),
        await wrong.get('/v1/search?q=a'),
        await wrong.get('/api/v1/user'),
        await anonymous.get('/api/v1/user'),
      ];
      for (const { status, headers } of responses) {
        assert.equal(status, 401);
        assert.match(
          headers['www-authenticate']!,
          /^Basic realm="[^"]+", charset="UTF-8"(, Token|, Bearer realm="[^"]+")?$/,
        );
      }
      // A browser would open a dialog over the page.
      const fromScript = await anonymous.with({ 'sec-fetch-mode': 'cors' }).get('/api/v1/user');
      assert.equal(fromScript.headers['www-authenticate'], 'Bearer realm="Central Index"');
    });

    it('are read as UTF-8, and else as ISO-8859-1, in any Unicode normal form', async () => {
      await index.signUp('bob', password);
      const credentials = `bob:${password}`;
      for (const bytes of [
        Buffer.from(credentials, 'utf8'),
        Buffer.from(credentials, 'latin1'),
        Buffer.from(credentials.normalize('NFD'), 'utf8'),
      ]) {
        assert.equal((await requestToken(basic(bytes), 'reg')).status, 200);
        assert.equal((await basic(bytes).get('/api/v1/user')).json.username, 'bob');
        assert.equal((await basic(bytes).get('/v1/search?q=a')).status, 200);
      }
    });

    it('are wrong if they are neither, or no password at all', async () => {
      const samples = ['bob:', 'bob', ':', '', 'bob:\xff\xfe', '\xff:x', 'bob\0:x', `bob:${password}\0`];
      for (const [i, text] of samples.entries()) {
        const caller = basic(Buffer.from(text, 'latin1')).with({ 'x-forwarded-for': `198.51.100.${20 + i}` });
        assert.equal((await requestToken(caller, 'reg')).status, 401, JSON.stringify(text));
      }
    });
  });

  describe('an expired access token', () => {
    const expired = /^this access token expired on 2026-01-02 at 03:04 UTC/;
    const expire = (id: string): Promise<unknown> =>
      change(`update access_token set expires_at = '2026-01-02T03:04:05Z' where id = ${id}`);

    it('is named as such to a caller that has the whole secret', async () => {
      const { id, token } = await newToken();
      assert.equal((await requestToken(anonymous.basic('alice', token), 'reg')).status, 200);
      await expire(id);
      const places = {
        ...signIns('alice', token),
        Bearer: () => anonymous.bearer(token).get('/api/v1/user'),
      };
      for (const [place, signIn] of Object.entries(places)) {
        if (place === 'REST log-in') continue;
        const response = await signIn();
        assert.equal(response.status, 401, place);
        assert.match(messageOf(response), expired, place);
      }
      assert.match(messageOf(await requestToken(anonymous.basic('alice', token), 'reg')), expired, 'cached');
      await change(`update access_token set expires_at = null where id = ${id}`);
      assert.equal((await requestToken(anonymous.basic('alice', token), 'reg')).status, 200);
    });

    it('is like a wrong secret to a caller without the whole secret, and after its end otherwise', async () => {
      const [{ id, token }, other] = [await newToken(), await newToken()];
      await expire(id);
      const unknown = messageOf(await requestToken(anonymous.basic('alice', 'ci_pat_x'), 'reg'));
      assert.equal(unknown, 'incorrect username or password');
      const middle = `${token.slice(0, 20)}${token[20] === 'a' ? 'b' : 'a'}${token.slice(21)}`;
      for (const secret of [
        token.slice(0, -1),
        `${token}x`,
        middle,
        token.toUpperCase(),
        ` ${token}`,
        'ci_pat_',
      ]) {
        const response = await requestToken(anonymous.basic('alice', secret), 'reg');
        assert.deepEqual(
          [response.status, messageOf(response)],
          [response.status === 429 ? 429 : 401, unknown],
          secret,
        );
      }
      await alice.delete(`/api/v1/user/tokens/${id}`);
      assert.equal(messageOf(await requestToken(anonymous.basic('alice', token), 'reg')), unknown, 'revoked');
      await expire(other.id);
      await change(`update account set disabled_at = now() where name = 'alice'`);
      assert.equal(messageOf(await anonymous.bearer(other.token).get('/api/v1/user')), unknown, 'disabled');
      await change(`update account set disabled_at = null where name = 'alice'`);
    });

    it('is used by no request, and leaves its last use as it was', async () => {
      const { id, token } = await newToken();
      await expire(id);
      await requestToken(anonymous.basic('alice', token), 'reg');
      const [row] = await rowsOf<{ last_used_at: Date | null }>(
        `select last_used_at from access_token where id = ${id}`,
      );
      assert.equal(row?.last_used_at, null);
    });
  });
});
