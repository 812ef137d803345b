import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { SigningKeysService } from '@central-index/tokens';
import { Database, sql } from '@central-index/platform/database';
import type { Actor, HttpResponse, JsonValue } from '../support/client';
import { IndexUnderTest } from '../support/index-under-test';
import { recording } from '../support/recordings';
import {
  addOfficial,
  markActive,
  requestToken,
  grantedAccess,
  promote,
  readJwt,
  register,
  withAccessToken,
} from '../support/token-fixtures';
import { itUnless } from '../support/jest';

describe('GET /token', () => {
  let index: IndexUnderTest;
  let alice: Actor;
  let bob: Actor;
  let olga: Actor;
  let anonymous: Actor;
  beforeAll(async () => {
    index = await IndexUnderTest.start({ RATE_LIMITS: 'off' });
    anonymous = index.anonymous;
    [alice, bob, olga] = [await index.signUp('alice'), await index.signUp('bob'), await index.signUp('olga')];
    await promote(index, 'olga');
    await register(index, { name: 'reg', url: 'http://localhost:23351' });
    await register(index, { name: 'other', url: 'http://localhost:23352', tokenTtl: 1200 });
    for (const name of ['app', 'secret'])
      await grantedAccess(alice, 'reg', `repository:alice/${name}:push,pull`);
    await markActive(index, 'alice/app');
    await markActive(index, 'alice/secret', 'private');
    for (const name of ['centos', 'redis']) await addOfficial(index, name);
    await grantedAccess(olga, 'reg', 'repository:centos:push,pull');
    await markActive(index, 'library/centos');
  });
  afterAll(() => index.stop());

  const claimsOf = (response: HttpResponse): JsonValue => readJwt(response.json.token).claims;
  /** Asserts an error response in the form that docker prints, without a token. */
  const assertError = (response: HttpResponse, status: number, what = ''): void => {
    assert.equal(response.status, status, `${what} ${response.text}`);
    assert.equal(typeof response.json.details, 'string', what);
    assert.equal(response.json.errors.length, 1, what);
    assert.equal(response.json.errors[0].message, response.json.details, what);
    assert.equal(response.json.token, undefined, what);
  };

  describe('response', () => {
    it('has the same token under both names, its lifetime and time of issue, and nothing else', async () => {
      const response = await requestToken(alice, 'reg', [], { offline_token: 'false', client_id: 'docker' });
      assert.equal(response.status, 200);
      assert.deepEqual(Object.keys(response.json).sort(), [
        'access_token',
        'expires_in',
        'issued_at',
        'token',
      ]);
      assert.equal(response.json.token, response.json.access_token);
      assert.equal(response.json.expires_in, 300);
      assert.match(response.json.issued_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
      assert.ok(Math.abs(Date.parse(response.json.issued_at) - Date.now()) < 3_000);
      assert.equal(response.headers['cache-control'], 'no-store');
      assert.match(response.headers['content-type']!, /^application\/json/);
    });

    it('contains a JWT in the form that both registry generations read', async () => {
      const [response, keys] = [await requestToken(alice, 'reg'), index.app.get(SigningKeysService)];
      const { header, claims } = readJwt(response.json.token);
      const { kid, x5c } = (await keys.jwks()).keys[0]!;
      assert.deepEqual(header, { typ: 'JWT', alg: 'ES256', kid, x5c: [...x5c] });
      assert.deepEqual(Object.keys(claims).sort(), [
        'access',
        'aud',
        'exp',
        'iat',
        'iss',
        'jti',
        'nbf',
        'sub',
      ]);
      assert.equal(claims.iss, await keys.issuer());
      assert.deepEqual([claims.aud, claims.sub, claims.access], ['reg', 'alice', []]);
      assert.ok([claims.exp, claims.iat, claims.nbf].every(Number.isInteger));
      assert.deepEqual([claims.exp - claims.iat, claims.iat - claims.nbf], [300, 10]);
      assert.equal(claims.iat * 1000, Date.parse(response.json.issued_at));
      assert.ok(response.json.token.length < 2_000);
    });

    it('has the lifetime that its registry defines', async () => {
      const response = await requestToken(alice, 'other');
      assert.equal(response.json.expires_in, 1200);
      assert.equal(claimsOf(response).exp - claimsOf(response).iat, 1200);
    });

    it('is unique for callers with credentials (S17)', async () => {
      const responses = await Promise.all(Array.from({ length: 200 }, () => requestToken(alice, 'reg')));
      const ids = responses.map((response) => claimsOf(response).jti as string);
      assert.equal(new Set(ids).size, 200);
      assert.ok(ids.every((id) => Buffer.from(id, 'base64url').length === 16));
    });

    it('is reused for anonymous callers for a short time, with the remaining lifetime', async () => {
      const first = await requestToken(anonymous, 'reg', ['repository:alice/app:pull']);
      const again = await requestToken(anonymous, 'reg', ['repository:alice/app:pull']);
      assert.equal(again.json.token, first.json.token);
      assert.equal(again.json.issued_at, first.json.issued_at);
      const lifetime = claimsOf(again).exp - Date.now() / 1000;
      assert.ok(again.json.expires_in <= lifetime + 0.1 && again.json.expires_in > lifetime - 2);
      assert.deepEqual(Object.keys(again.headers).sort(), Object.keys(first.headers).sort());
      const others = [
        await requestToken(anonymous, 'reg', ['repository:alice/app:pull,push']),
        await requestToken(anonymous, 'other', ['repository:alice/app:pull']),
        await requestToken(alice, 'reg', ['repository:alice/app:pull']),
      ];
      for (const other of others) assert.notEqual(claimsOf(other).jti, claimsOf(first).jti);
      const wrong = anonymous.basic('alice', 'not the password');
      assert.equal((await requestToken(wrong, 'reg', ['repository:alice/app:pull'])).status, 401);
    });

    it('is signed with a separate key for a zot registry, and backdated by a minute', async () => {
      const id = await register(index, { name: 'zot1', url: 'http://localhost:23353', kind: 'zot' });
      const { header, claims } = readJwt((await requestToken(olga, 'zot1', ['repository::pull'])).json.token);
      assert.ok((await index.app.get(SigningKeysService).jwks()).keys.every(({ kid }) => kid !== header.kid));
      const pem = await index.app.get(SigningKeysService).certificatePem(`zot:${id}`);
      assert.equal(header.x5c[0], new X509Certificate(pem).raw.toString('base64'));
      assert.ok(Math.abs(claims.iat + 60 - Date.now() / 1000) < 3);
      assert.deepEqual(claims.access, [{ type: 'repository', name: '', actions: ['pull'] }]);
      assert.equal(await grantedAccess(alice, 'zot1', 'repository::pull'), '');
      assert.equal(await grantedAccess(olga, 'reg', 'repository::pull'), '');
    });
  });

  describe('caller', () => {
    it('gets the error that docker prints for a wrong password, whether or not the name exists', async () => {
      const responses = [
        await requestToken(alice.basic('alice', 'wrong'), 'reg'),
        await requestToken(alice.basic('absent', 'wrong'), 'reg'),
      ];
      for (const response of responses) {
        assertError(response, 401);
        assert.equal(response.json.details, 'incorrect username or password');
        assert.equal(response.json.errors[0].code, 'UNAUTHORIZED');
        assert.match(response.headers['www-authenticate']!, /^Basic realm="/);
      }
      assert.equal(responses[0]!.text, responses[1]!.text);
    });

    it('must be the account that the request names; without credentials the name is ignored', async () => {
      assert.equal(claimsOf(await requestToken(alice, 'reg', [], { account: 'alice' })).sub, 'alice');
      assertError(await requestToken(alice, 'reg', [], { account: 'bob' }), 400);
      const response = await requestToken(anonymous, 'reg', ['repository:alice/secret:pull'], {
        account: 'alice',
      });
      assert.deepEqual([claimsOf(response).sub, claimsOf(response).access], ['', []]);
    });

    it('is anonymous with a session cookie, which browsers send for any page', async () => {
      const login = await anonymous.post('/api/v1/login', {
        username: 'alice',
        password: 'a long password of alice',
      });
      const cookie = login.setCookie[0]!.split(';', 1)[0]!;
      const asAlice = anonymous.with({ cookie });
      assert.equal((await asAlice.get('/api/v1/user')).status, 200);
      assert.equal(claimsOf(await requestToken(asAlice, 'reg')).sub, '');
    });
  });

  describe('scopes', () => {
    const secret = 'repository:alice/secret:pull,push,delete';
    it('grant what the caller may do, with the requested names and actions in a fixed order', async () => {
      const rows: [who: Actor, opened: string, ...scopes: string[]][] = [
        [alice, 'alice/app pull,push,delete', 'repository:alice/app:*'],
        [alice, 'alice/app pull,push', 'repository:alice/app:push,pull'],
        [alice, 'alice/secret pull,push,delete', secret],
        [alice, 'alice/app pull,push', 'repository(plugin):alice/app:push,pull'],
        [bob, 'alice/app pull', 'repository:alice/app:*'],
        [bob, '', secret],
        [olga, 'alice/app pull', 'repository:alice/app:*'],
        [olga, '', secret],
        [anonymous, 'alice/app pull', 'repository:alice/app:pull,push'],
        [anonymous, '', secret],
        [anonymous, '', 'repository:alice/app:push,delete'],
        [anonymous, '', 'repository:alice/absent:pull'],
        [alice, 'alice/absent pull', 'repository:alice/absent:pull'],
        [bob, '', 'repository:alice/absent:push,pull'],
        [bob, '', 'repository:carol/new:push,pull'],
        [alice, '', 'repository:host.io:5000/alice/app:pull'],
        [alice, '403', 'repository:alice/app/deeper:push,pull'],
        [alice, '', 'repository:ALICE/app:push,pull'],
        [alice, '403', 'repository:alice:push,pull'],
        [alice, '', 'plugin:alice/app:pull'],
        [alice, '', ''],
        // official: pull by both spellings, push by administrators with the spelling of the first push
        [anonymous, 'centos pull', 'repository:centos:pull'],
        [anonymous, 'library/centos pull', 'repository:library/centos:pull'],
        [alice, 'centos pull', 'repository:centos:*'],
        [olga, 'centos pull,push,delete', 'repository:centos:*'],
        [olga, 'library/centos pull', 'repository:library/centos:*'],
        [olga, '403', 'repository:debian:push,pull'],
        [alice, '', 'repository:redis:push,pull'],
        [olga, 'redis pull', 'repository:redis:pull'],
        // the registry as a whole
        [anonymous, '', 'registry:catalog:*', 'registry:catalog:search'],
        [bob, 'catalog search', 'registry:catalog:*,search'],
        [olga, 'catalog *', 'registry:catalog:*'],
        // several: parameters and lists are equivalent; the source of a mount is not a target
        [
          alice,
          'alice/app pull,push ; centos pull',
          'repository:alice/app:push,pull',
          'repository:centos:pull',
        ],
        [alice, 'alice/app pull,push ; centos pull', 'repository:alice/app:push,pull repository:centos:pull'],
        [
          alice,
          'alice/app pull,push ; catalog search',
          'repository:alice/app:pull repository:alice/app:pull,push registry:catalog:search',
        ],
      ];
      for (const [caller, access, ...scopes] of rows) {
        assert.equal(
          await grantedAccess(caller, 'reg', ...scopes),
          access,
          `${caller.name}: ${scopes.join(' & ')}`,
        );
      }
    });

    it('grant nothing on a registry other than the one that stores the images', async () => {
      assert.equal(await grantedAccess(anonymous, 'other', 'repository:alice/app:pull'), '');
      assert.equal(await grantedAccess(alice, 'other', 'repository:alice/app:pull,delete'), '');
      assert.equal(await grantedAccess(anonymous, 'other', 'repository:centos:pull'), '');
      assert.equal(await grantedAccess(alice, 'central-index', 'repository:alice/app:pull,push'), '');
    });

    it('let an owner ask for a name that has no images yet, and place nothing by that', async () => {
      const reader = await withAccessToken(index, alice, ['pull'], ['alice/*']);
      const pusher = await withAccessToken(index, alice, ['push'], ['alice/*']);
      const others = await withAccessToken(index, alice, ['pull', 'push'], ['alice/app']);
      const absent = 'repository:alice/unborn:pull';
      for (const service of ['reg', 'other']) {
        for (const owner of [alice, reader, pusher]) {
          assert.equal(await grantedAccess(owner, service, absent), 'alice/unborn pull', owner.name);
        }
        for (const caller of [anonymous, bob, olga, others]) {
          assert.equal(await grantedAccess(caller, service, absent), '', caller.name);
        }
      }
      assert.equal(await grantedAccess(reader, 'reg', 'repository:alice/unborn:*'), 'alice/unborn pull');
      assert.equal(await grantedAccess(olga, 'reg', 'repository:never-added:pull'), '');
      const database = index.app.get(Database);
      const find = sql(`select from repository where path = 'alice/unborn'`);
      assert.deepEqual(await database.query(find), []);
      // Created by the API, it is on no registry either; to others it is as absent as before.
      const created = { name: 'unborn', visibility: 'public' };
      assert.equal((await alice.post('/api/v1/namespaces/alice/repositories', created)).status, 201);
      assert.equal(await grantedAccess(alice, 'reg', absent), 'alice/unborn pull');
      for (const caller of [anonymous, bob, olga]) {
        assert.equal(await grantedAccess(caller, 'reg', absent), '', caller.name);
      }
      assert.equal(await grantedAccess(alice, 'other', `${absent},push`), 'alice/unborn pull,push');
      assert.equal(await grantedAccess(alice, 'reg', absent), '', 'it is placed elsewhere now');
      assert.equal((await alice.delete('/api/v1/repositories/alice/unborn')).status, 204);
      assert.equal(await grantedAccess(bob, 'other', absent), '');
    });

    it('are rejected when malformed', async () => {
      for (const scope of [
        'x',
        'repository:alice/app',
        '::',
        'repository:alice/app:pull\tx',
        'repository:é/b:pull',
      ]) {
        assertError(await requestToken(alice, 'reg', ['repository:alice/app:pull', scope]), 400, scope);
      }
    });

    it('are limited by an access token’s restrictions', async () => {
      const reader = await withAccessToken(index, alice, ['pull'], ['alice/*']);
      const narrow = await withAccessToken(index, alice, ['pull', 'push', 'delete'], ['alice/app']);
      const elsewhere = await withAccessToken(index, alice, ['pull', 'push'], ['bob/*']);
      const maintainer = await withAccessToken(index, olga, ['pull', 'push'], ['library/*']);
      const rows: [Actor, string, string][] = [
        [reader, 'alice/secret pull', secret],
        [reader, '', 'repository:alice/fresh:push,delete'],
        [narrow, '', secret],
        [narrow, 'alice/app pull,push,delete', 'repository:alice/app:*'],
        [narrow, '', 'repository:alice/fresh:push,pull'],
        [elsewhere, '', secret],
        [maintainer, 'centos pull,push', 'repository:centos:*'],
        [maintainer, '', 'registry:catalog:*'],
      ];
      for (const [caller, access, scope] of rows)
        assert.equal(await grantedAccess(caller, 'reg', scope), access, scope);
      const [row] = await index.app
        .get(Database)
        .query(sql(`select from repository where path = 'alice/fresh'`));
      assert.equal(row, undefined);
    });

    it('do not distinguish private from absent repositories for other callers (S31)', async () => {
      for (const caller of [anonymous, bob, olga]) {
        for (const actions of ['pull', 'push', 'pull,push', 'delete', '*']) {
          const [hidden, absent] = [
            await requestToken(caller, 'reg', [`repository:alice/secret:${actions}`]),
            await requestToken(caller, 'reg', [`repository:alice/absent:${actions}`]),
          ];
          assert.deepEqual([hidden.status, absent.status], [200, 200]);
          assert.deepEqual(claimsOf(hidden).access, claimsOf(absent).access);
          assert.equal(hidden.json.token.length, absent.json.token.length);
          assert.deepEqual(Object.keys(hidden.headers).sort(), Object.keys(absent.headers).sort());
        }
      }
    });
  });

  describe('first push', () => {
    const rowOf = async (path: string): Promise<JsonValue> =>
      (
        await index.app
          .get(Database)
          .query(sql(`select state, visibility, registry_path from repository where path = $1`), [path])
      )[0];

    it('places the repository; its owner then gets an error at other registries', async () => {
      assert.equal(
        await grantedAccess(alice, 'other', 'repository:alice/new:push,pull'),
        'alice/new pull,push',
      );
      assert.deepEqual(await rowOf('alice/new'), {
        state: 'pending',
        visibility: 'public',
        registry_path: 'alice/new',
      });
      assert.equal(await grantedAccess(anonymous, 'other', 'repository:alice/new:pull'), 'alice/new pull');
      assert.equal(await grantedAccess(anonymous, 'reg', 'repository:alice/new:pull'), '');
      const refused = await requestToken(alice, 'reg', ['repository:alice/new:push,pull']);
      assertError(refused, 403);
      assert.equal(refused.json.errors[0].code, 'DENIED');
      assert.match(refused.json.details, /localhost:23352\/alice\/new/);
      assert.equal(await grantedAccess(bob, 'reg', 'repository:alice/new:push,pull'), '');
    });

    it('is granted although the source of a mount is on another registry', async () => {
      await grantedAccess(alice, 'other', 'repository:alice/source:push,pull');
      assert.equal(
        await grantedAccess(
          alice,
          'reg',
          'repository:alice/target:push,pull',
          'repository:alice/source:pull',
        ),
        'alice/target pull,push',
      );
    });

    it('changes nothing when another scope of the request is denied', async () => {
      await grantedAccess(alice, 'other', 'repository:alice/taken:push,pull');
      const scopes = ['repository:alice/untouched:push,pull', 'repository:alice/taken:push,pull'];
      assertError(await requestToken(alice, 'reg', scopes), 403);
      assert.equal(await rowOf('alice/untouched'), undefined);
    });

    it('at two registries concurrently is placed on one, and denied at the other', async () => {
      for (let round = 0; round < 10; round++) {
        const scope = `repository:alice/race${round}:push,pull`;
        const access = await Promise.all(
          ['reg', 'other', 'reg', 'other'].map((service) => grantedAccess(alice, service, scope)),
        );
        const [first, second] = [new Set([access[0], access[2]]), new Set([access[1], access[3]])];
        assert.deepEqual(
          [...first, ...second].sort(),
          ['403', `alice/race${round} pull,push`],
          access.join(' | '),
        );
      }
    });

    it('of an official repository sets its registry path', async () => {
      const access = await grantedAccess(olga, 'reg', 'repository:library/redis:push,pull');
      assert.equal(access, 'library/redis pull,push');
      const refused = await requestToken(olga, 'reg', ['repository:redis:push,pull']);
      assertError(refused, 403);
      assert.match(refused.json.details, /library\/redis/);
      assert.equal(await grantedAccess(olga, 'reg', 'repository:redis:pull'), 'redis pull');
      await markActive(index, 'library/redis');
      assert.equal(await grantedAccess(anonymous, 'reg', 'repository:redis:pull'), 'redis pull');
    });

    it('stores a push grant, from which events get the name of the pusher', async () => {
      await grantedAccess(alice, 'reg', 'repository:alice/granted:push,pull');
      const rows = await index.app.get(Database).query(
        sql(`select account.name from push_grant join account on account.id = account_id
           join repository on repository.id = repository_id where path = 'alice/granted'`),
      );
      assert.deepEqual(rows, [{ name: 'alice' }]);
    });

    it('is denied with a message to the owner of a trusted build (S47)', async () => {
      await grantedAccess(alice, 'reg', 'repository:alice/built:push,pull');
      await markActive(index, 'alice/built');
      await index.app
        .get(Database)
        .query(sql(`update repository set automated = true where path = 'alice/built'`));
      const refused = await requestToken(alice, 'reg', ['repository:alice/built:push,pull']);
      assertError(refused, 403);
      assert.match(refused.json.details, /trusted build/);
      assert.equal(await grantedAccess(alice, 'reg', 'repository:alice/built:*'), 'alice/built pull,delete');
      assert.equal(await grantedAccess(bob, 'reg', 'repository:alice/built:push,pull'), 'alice/built pull');
    });
  });

  describe('recorded requests of docker, podman and skopeo', () => {
    const { lines, missing } = recording<{ url: string; headers: Record<string, string> }>(
      'client-token-requests.jsonl',
    );
    // The access that each request gets with the right password of dave, in the order of the recording.
    const expectedAccess = [
      '',
      'dave/app pull,push',
      'dave/app2 pull,push',
      'dave/app2 pull,push ; dave/app pull',
      'dave/app pull',
      'dave/app pull',
      'dave/app pull,push',
      '',
      '',
      'dave/app pull',
      'dave/app pull,push,delete',
    ];

    itUnless(missing, 'get the responses that those programs need', async () => {
      const dave = await index.signUp('dave');
      await register(index, { name: 'recorded', url: 'http://localhost:23354', service: 'registry.test' });
      assert.equal(lines.length, expectedAccess.length);
      // As recorded, they name an account that does not exist.
      const { url: login, headers: recordedHeaders } = lines[0]!;
      assertError(
        await anonymous.get(login, { headers: { authorization: recordedHeaders.authorization! } }),
        401,
      );
      for (const [i, { url, headers }] of lines.entries()) {
        const recordedUrl = url
          .replace('account=u', 'account=dave')
          .replaceAll(/(?<=%3A)(test|skopeo)(?=%2F)/g, 'dave');
        const response = await dave.get(recordedUrl, { headers: { 'user-agent': headers['user-agent']! } });
        assert.equal(response.status, 200, recordedUrl);
        const { claims } = readJwt(response.json.token);
        const access = claims.access as { name: string; actions: string[] }[];
        assert.equal(
          access.map(({ name, actions }) => `${name} ${actions.join(',')}`).join(' ; '),
          expectedAccess[i],
          recordedUrl,
        );
        assert.deepEqual([claims.aud, claims.sub], ['registry.test', 'dave']);
      }
    });
  });

  describe('revoked credentials (S22)', () => {
    it('get no token from the next request on', async () => {
      const carol = await index.signUp('carol');
      const byToken = await withAccessToken(index, carol, ['pull', 'push'], ['carol/*']);
      assert.equal(await grantedAccess(byToken, 'reg', 'repository:carol/x:push,pull'), 'carol/x pull,push');
      await index.app
        .get(Database)
        .transaction((manager) => manager.query('update access_token set revoked_at = now()'));
      assertError(await requestToken(byToken, 'reg'), 401);
      assert.equal((await requestToken(carol, 'reg')).status, 200);
    });
  });
});

describe('GET /token with rate limits', () => {
  it('rejects one new name too many within an hour with a message, and changes nothing (S44)', async () => {
    const index = await IndexUnderTest.start({ NEW_REPOSITORIES_PER_HOUR: '20' });
    try {
      const alice = await index.signUp('alice');
      await register(index, { name: 'reg', url: 'http://localhost:23356' });
      const scope = (i: number): string => `repository:alice/app${i}:push,pull`;
      for (let i = 1; i <= 20; i++) {
        assert.equal(await grantedAccess(alice, 'reg', scope(i)), `alice/app${i} pull,push`);
      }
      const refused = await requestToken(alice, 'reg', [scope(21)]);
      assert.equal(refused.status, 403);
      assert.match(refused.json.details, /new repositories/);
      assert.ok(Number(refused.headers['retry-after']) > 0);
      const rows = await index.app.get(Database).query(sql('select from repository'));
      assert.equal(rows.length, 20);
      assert.equal(await grantedAccess(alice, 'reg', scope(1)), 'alice/app1 pull,push');
    } finally {
      await index.stop();
    }
  });

  it('counts a repeated pull with credentials, and issues a separate token', async () => {
    const index = await IndexUnderTest.start();
    try {
      const alice = await index.signUp('alice');
      await register(index, { name: 'reg', url: 'http://localhost:23357' });
      await grantedAccess(alice, 'reg', 'repository:alice/app:push,pull');
      await markActive(index, 'alice/app', 'private');
      const pull = ['repository:alice/app:pull'];
      const responses: HttpResponse[] = [];
      for (let n = 0; n < 5; n += 1) responses.push(await requestToken(alice, 'reg', pull));
      const claims = responses.map(({ json }) => readJwt(json.token).claims);
      for (const { access, sub } of claims) {
        assert.deepEqual(
          [sub, access],
          ['alice', [{ type: 'repository', name: 'alice/app', actions: ['pull'] }]],
        );
      }
      assert.equal(new Set(claims.map(({ jti }) => jti)).size, responses.length);
      const remaining = responses.map(({ headers }) => Number(headers['ratelimit-remaining']));
      assert.deepEqual(
        remaining,
        remaining.map((_, n) => remaining[0]! - n),
      );
      // The name without a secret or with another one does not give access to the cached grant.
      for (const other of [index.anonymous, index.anonymous.basic('alice', 'another phrase')]) {
        const response = await requestToken(other, 'reg', pull);
        if (response.status === 200) assert.deepEqual(readJwt(response.json.token).claims.access, []);
        else assert.equal(response.status, 401);
      }
    } finally {
      await index.stop();
    }
  });
});
