import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { Database, sql } from '@central-index/platform/database';
import { TokenVerifier } from '@central-index/tokens';
import type { Actor, HttpResponse } from '../support/client';
import {
  forgedTokens,
  misissuedTokens,
  readSigningKey,
  signEs256,
  type SigningKeyMaterial,
} from '../support/forged-tokens';
import { IndexUnderTest } from '../support/index-under-test';
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

const indexService = 'central-index';
const versionHeader = 'docker-distribution-api-version';

describe('/v2/ of the index', () => {
  let index: IndexUnderTest;
  let alice: Actor;
  let bob: Actor;
  let olga: Actor;
  beforeAll(async () => {
    index = await IndexUnderTest.start();
    [alice, bob, olga] = [await index.signUp('alice'), await index.signUp('bob'), await index.signUp('olga')];
    await promote(index, 'olga');
    await register(index, { name: 'reg', url: 'http://localhost:23350' });
  });
  afterAll(() => index.stop());

  const tokenOf = async (actor: Actor, service = indexService): Promise<string> =>
    (await requestToken(actor, service)).json.token;
  const withToken = async (actor: Actor): Promise<Actor> => index.anonymous.bearer(await tokenOf(actor));

  describe('base', () => {
    const challengeOf = (response: HttpResponse): string | undefined => response.headers['www-authenticate'];
    const expectedChallenge = (): string =>
      `Bearer realm="${index.config.server.publicUrl}/token",service="central-index"`;

    it('returns a challenge with realm and service without a token', async () => {
      for (const path of ['/v2/', '/v2']) {
        const response = await index.anonymous.get(path);
        assert.equal(response.status, 401);
        assert.equal(response.headers[versionHeader], 'registry/2.0');
        assert.equal(challengeOf(response), expectedChallenge());
        assert.equal(response.json.errors[0].code, 'UNAUTHORIZED');
      }
    });

    it("takes the realm from PUBLIC_URL, not from the request's Host", async () => {
      const response = await index.anonymous.get('/v2/', {
        headers: { host: 'evil.example', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' },
      });
      assert.equal(challengeOf(response), expectedChallenge());
    });

    it('accepts no password, so that clients follow the challenge', async () => {
      const response = await alice.get('/v2/');
      assert.equal(response.status, 401);
      assert.equal(challengeOf(response), expectedChallenge());
    });

    it('accepts a token of an account, and an anonymous one', async () => {
      for (const actor of [alice, index.anonymous]) {
        const response = await (await withToken(actor)).get('/v2/');
        assert.deepEqual([response.status, response.text], [200, '{}']);
        assert.equal(response.headers[versionHeader], 'registry/2.0');
      }
    });

    it('reports an invalid token', async () => {
      for (const token of ['x', 'a.b.c', await tokenOf(alice, 'reg')]) {
        const response = await index.anonymous.bearer(token).get('/v2/');
        assert.equal(response.status, 401);
        assert.equal(response.headers[versionHeader], 'registry/2.0');
        assert.equal(challengeOf(response), `${expectedChallenge()},error="invalid_token"`);
      }
    });

    it('returns 401 once the account is disabled', async () => {
      const disabled = await withToken(await index.signUp('gone'));
      assert.equal((await disabled.get('/v2/')).status, 200);
      await index.app.get(Database).query(sql(`update account set disabled_at = now() where name = 'gone'`));
      assert.equal((await disabled.get('/v2/')).status, 401);
    });

    it('returns 404 to Docker up to 1.10, whose push it would break, and responds to all others', async () => {
      const rows: [agent: string, status: number][] = [
        ['docker/1.10.3 go/go1.5.3 kernel/4.4 os/linux arch/amd64', 404],
        ['docker/1.9.1 go/go1.4.2', 404],
        ['docker/1.6.2 go/go1.4.2 kernel/6.18 os/linux arch/amd64', 404],
        ['docker/1.0.0 go/go1.2', 404],
        ['Go 1.1 package http', 404],
        ['docker/1.11.0 go/go1.5.4', 401],
        ['docker/1.13.1 go/go1.7.5', 401],
        ['docker/17.03.2-ce go/go1.7.5', 401],
        ['docker/20.10.24+dfsg1 go/go1.19.8 UpstreamClient(Docker-Client/28.2.2 \\(linux\\))', 401],
        ['containers/5.23.1 (github.com/containers/image)', 401],
        ['Go-http-client/1.1', 401],
        ['curl docker/1.6.2', 401],
        ['', 401],
      ];
      for (const [agent, status] of rows) {
        const response = await index.anonymous.get('/v2/', { headers: { 'user-agent': agent } });
        assert.equal(response.status, status, agent);
        assert.equal(response.headers[versionHeader], status === 404 ? undefined : 'registry/2.0', agent);
      }
    });
  });

  describe('forged tokens (S19)', () => {
    it('are rejected without exception', async () => {
      const token = await tokenOf(alice);
      const own = await readSigningKey(index);
      const other = await IndexUnderTest.start();
      let foreign: SigningKeyMaterial;
      try {
        foreign = await readSigningKey(other);
      } finally {
        await other.stop();
      }
      const { header, claims } = readJwt(token);
      // A token signed by the test with the right key and claims must be accepted, or the forgeries prove nothing.
      const resigned = signEs256(header, claims, own.privateKey);
      assert.equal((await index.anonymous.bearer(resigned).get('/v2/')).status, 200);
      const valid = { header, claims, token };
      const forged = forgedTokens(valid, own, foreign);
      const { restrictions: _restrictions, ...unrestricted } = claims as Record<string, unknown>;
      const misissued: [string, string][] = [
        ...misissuedTokens(valid, own),
        ['restrictions missing', signEs256(header, unrestricted, own.privateKey)],
      ];
      assert.ok(forged.length >= 28 && misissued.length >= 20);
      const accepted: string[] = [];
      for (const [name, text] of [...forged, ...misissued]) {
        const response = await index.anonymous.bearer(text).get('/v2/');
        if (response.status !== 401) accepted.push(`${name}: ${response.status}`);
        await assert.rejects(
          index.app.get(TokenVerifier).verify(text, { audience: indexService }),
          { code: 'INVALID_TOKEN' },
          name,
        );
      }
      assert.deepEqual(accepted, []);
    });

    it("are rejected when signed with a zot registry's own key", async () => {
      const id = await register(index, { name: 'zot1', url: 'http://localhost:23355', kind: 'zot' });
      await requestToken(alice, 'zot1');
      const zot = await readSigningKey(index, `zot:${id}`);
      const { header, claims } = readJwt(await tokenOf(alice));
      const forged = signEs256({ ...header, kid: zot.kid }, claims, zot.privateKey);
      assert.equal((await index.anonymous.bearer(forged).get('/v2/')).status, 401);
    });

    it('cannot be verified without an audience', async () => {
      const verifier = index.app.get(TokenVerifier);
      const token = await tokenOf(alice);
      await assert.rejects(verifier.verify(token, { audience: '' }), /audience/);
    });
  });

  describe('catalog', () => {
    beforeAll(async () => {
      await addOfficial(index, 'centos');
      for (const name of ['app', 'lib', 'secret', 'text']) {
        await grantedAccess(alice, 'reg', `repository:alice/${name}:push,pull`);
      }
      await grantedAccess(olga, 'reg', 'repository:centos:push,pull');
      for (const path of ['alice/app', 'alice/lib', 'library/centos']) await markActive(index, path);
      await markActive(index, 'alice/secret', 'private');
    });

    const namesOf = async (actor: Actor, query = ''): Promise<string[]> =>
      (await actor.get(`/v2/_catalog${query}`)).json.repositories;

    it('lists public repositories with images to all callers, and private ones to their owner', async () => {
      const publicNames = ['alice/app', 'alice/lib', 'centos'];
      assert.deepEqual(await namesOf(await withToken(index.anonymous)), publicNames);
      assert.deepEqual(await namesOf(await withToken(bob)), publicNames);
      assert.deepEqual(await namesOf(await withToken(olga)), publicNames);
      assert.deepEqual(await namesOf(await withToken(alice)), [
        'alice/app',
        'alice/lib',
        'alice/secret',
        'centos',
      ]);
    });

    it("applies an access token's restrictions to tokens issued with it", async () => {
      const oneRepository = await withAccessToken(index, alice, ['pull'], ['alice/app']);
      const pushOnly = await withAccessToken(index, alice, ['push'], ['alice/*']);
      const allRepositories = await withAccessToken(index, alice, ['pull'], ['alice/*']);
      assert.ok(!(await namesOf(await withToken(oneRepository))).includes('alice/secret'));
      assert.ok(!(await namesOf(await withToken(pushOnly))).includes('alice/secret'));
      assert.ok((await namesOf(await withToken(allRepositories))).includes('alice/secret'));
    });

    it('is paginated by Link headers', async () => {
      const actor = await withToken(alice);
      const names: string[] = [];
      let path: string | undefined = '/v2/_catalog?n=1';
      for (let pages = 0; path !== undefined; pages++) {
        assert.ok(pages < 5);
        const response: HttpResponse = await actor.get(path);
        assert.equal(response.headers[versionHeader], 'registry/2.0');
        names.push(...response.json.repositories);
        path = /^<(\/[^>]*)>; rel="next"$/.exec(response.headers.link ?? '')?.[1];
      }
      assert.deepEqual(names, ['alice/app', 'alice/lib', 'alice/secret', 'centos']);
      assert.deepEqual(await namesOf(actor, '?last=alice/app&n=2'), ['alice/lib', 'alice/secret']);
      assert.deepEqual(await namesOf(actor, '?last=centos'), []);
      assert.equal((await namesOf(actor, '?n=999999999')).length, 4);
    });

    it('requires a token and valid parameters', async () => {
      assert.equal((await index.anonymous.get('/v2/_catalog')).status, 401);
      assert.equal((await alice.get('/v2/_catalog')).status, 401);
      const actor = await withToken(alice);
      for (const query of [
        'n=0',
        'n=-1',
        'n=x',
        'n=1e9',
        'n=1&n=2',
        'n=',
        'page=2',
        `last=${'a'.repeat(300)}`,
      ]) {
        assert.equal((await actor.get(`/v2/_catalog?${query}`)).status, 400, query);
      }
      assert.deepEqual((await namesOf(actor, `?last=%27%20or%201=1`)).length, 4);
    });
  });
});
