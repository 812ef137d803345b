import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { Client } from 'pg';
import type { Actor, HttpResponse } from '../support/client';
import { IndexUnderTest } from '../support/index-under-test';
import { requestBytes, sendBytes, type RawResponse } from '../support/raw-request';
import {
  addOfficial,
  grantedAccess,
  markActive,
  promote,
  register,
  requestToken,
  withAccessToken,
} from '../support/token-fixtures';

describe('repositories under /v2/ of the index', () => {
  let index: IndexUnderTest;
  let sql: Client;
  let alice: Actor;
  let bob: Actor;
  let olga: Actor;
  beforeAll(async () => {
    index = await IndexUnderTest.start();
    sql = new Client({ connectionString: index.database.url });
    await sql.connect();
    [alice, bob, olga] = [await index.signUp('alice'), await index.signUp('bob'), await index.signUp('olga')];
    await promote(index, 'olga');
    await register(index, { name: 'reg', url: 'http://localhost:23350', host: 'reg.example.org:5000' });
    await addOfficial(index, 'centos');
    await grantedAccess(olga, 'reg', 'repository:centos:push,pull');
    for (const name of ['web', 'secret', 'pushed']) {
      await grantedAccess(alice, 'reg', `repository:alice/${name}:push,pull`);
    }
    for (const path of ['alice/web', 'library/centos']) await markActive(index, path);
    await markActive(index, 'alice/secret', 'private');
    await alice.post('/api/v1/namespaces/alice/repositories', { name: 'empty' });
  });
  afterAll(async () => {
    await sql.end();
    await index.stop();
  });

  const withToken = async (actor: Actor, scope?: string): Promise<Actor> =>
    index.anonymous.bearer(
      (await requestToken(actor, 'central-index', scope === undefined ? [] : [scope])).json.token,
    );
  const errorOf = ({ status, json }: HttpResponse): string =>
    `${status} ${json.errors[0].code}: ${json.errors[0].message}`;
  const unknown =
    '404 NAME_UNKNOWN: the index knows no such repository; a private one is seen after a login only';
  const at = (place: string): string => `404 NAME_UNKNOWN: it lies at reg.example.org:5000/${place}`;
  const read = async (actor: Actor, name: string): Promise<string> =>
    errorOf(await (await withToken(actor)).get(`/v2/${name}/manifests/latest`));

  it('say where the repository is, whatever of it is requested', async () => {
    const digest = `sha256:${'a'.repeat(64)}`;
    const caller = await withToken(index.anonymous);
    for (const path of [
      'manifests/latest',
      `manifests/${digest}`,
      `blobs/${digest}`,
      `referrers/${digest}`,
    ]) {
      const response = await caller.get(`/v2/alice/web/${path}`);
      assert.equal(errorOf(response), at('alice/web'), path);
      assert.equal(response.headers['docker-distribution-api-version'], 'registry/2.0');
      assert.match(response.headers['content-type']!, /^application\/json/);
    }
    assert.equal(errorOf(await caller.get('/v2/alice/web/tags/list?n=10')), at('alice/web'));
    assert.equal(errorOf(await caller.get('/v2/centos/manifests/7')), at('centos'));
    assert.equal(errorOf(await caller.get('/v2/library/centos/manifests/7')), at('centos'));
    assert.equal((await caller.send('HEAD', '/v2/alice/web/manifests/latest')).status, 404);
  });

  it('say it to those who push, too', async () => {
    const caller = await withToken(alice);
    const manifest = {
      body: '{}',
      headers: { 'content-type': 'application/vnd.oci.image.manifest.v1+json' },
    };
    assert.equal(errorOf(await caller.send('PUT', '/v2/alice/web/manifests/v1', manifest)), at('alice/web'));
    for (const uploads of ['blobs/uploads/', 'blobs/uploads/?mount=x&from=y']) {
      assert.equal(errorOf(await caller.send('POST', `/v2/alice/secret/${uploads}`)), at('alice/secret'));
    }
  });

  it('report private repositories only to those who may see them', async () => {
    assert.equal(await read(alice, 'alice/secret'), at('alice/secret'));
    assert.equal(await read(alice, 'alice/pushed'), at('alice/pushed'));
    const reader = await withAccessToken(index, alice, ['pull'], ['alice/*']);
    assert.equal(await read(reader, 'alice/secret'), at('alice/secret'));
    const others = [
      index.anonymous,
      bob,
      olga,
      await withAccessToken(index, alice, ['pull'], ['alice/web']),
      await withAccessToken(index, alice, ['push'], ['alice/*']),
    ];
    for (const caller of others) {
      const token = await withToken(caller);
      const texts = new Set<string>();
      for (const name of [
        'alice/secret',
        'alice/pushed',
        'alice/empty',
        'alice/none',
        'nobody/none',
        'none',
      ]) {
        const response = await token.get(`/v2/${name}/manifests/latest`);
        assert.equal(errorOf(response), unknown, name);
        texts.add(response.text);
      }
      assert.equal(texts.size, 1, 'an absent repository and a private one look the same');
    }
    assert.equal(await read(alice, 'alice/empty'), unknown, 'it has no place yet');
  });

  it('know nothing of a repository whose registry is gone, or that was deleted', async () => {
    await grantedAccess(alice, 'reg', 'repository:alice/orphan:push,pull');
    await markActive(index, 'alice/orphan');
    assert.equal(await read(alice, 'alice/orphan'), at('alice/orphan'));
    await sql.query(
      `update repository set registry_id = null, registry_path = null, state = 'hidden' where path = 'alice/orphan'`,
    );
    assert.equal(await read(alice, 'alice/orphan'), unknown);
    await grantedAccess(alice, 'reg', 'repository:alice/deleted:push,pull');
    await markActive(index, 'alice/deleted');
    assert.equal((await alice.delete('/api/v1/repositories/alice/deleted')).status, 204);
    assert.equal(await read(alice, 'alice/deleted'), unknown);
  });

  it('require a token, with a challenge for the scope of the request', async () => {
    const challenge = (scope: string): string =>
      `Bearer realm="${index.config.server.publicUrl}/token",service="central-index",scope="${scope}"`;
    const rows: [method: string, path: string, scope: string][] = [
      ['GET', '/v2/alice/web/manifests/latest', 'repository:alice/web:pull'],
      ['GET', '/v2/centos/tags/list', 'repository:centos:pull'],
      ['PUT', '/v2/alice/web/manifests/v1', 'repository:alice/web:pull,push'],
      ['POST', '/v2/alice/web/blobs/uploads/', 'repository:alice/web:pull,push'],
    ];
    for (const [method, path, scope] of rows) {
      for (const caller of [index.anonymous, alice]) {
        const response = await caller.send(method, path);
        assert.deepEqual([response.status, response.headers['www-authenticate']], [401, challenge(scope)]);
      }
    }
    const forged = await index.anonymous.bearer('x').get('/v2/alice/web/manifests/latest');
    assert.match(
      forged.headers['www-authenticate']!,
      /scope="repository:alice\/web:pull",error="invalid_token"$/,
    );
    const scoped = await withToken(alice, 'repository:alice/web:pull,push');
    assert.equal(errorOf(await scoped.get('/v2/alice/web/manifests/latest')), at('alice/web'));
  });

  it('answer hostile names as unknown ones, and none in the header', async () => {
    const caller = await withToken(index.anonymous);
    const send = async (path: string, ...headers: string[]): Promise<RawResponse> =>
      (await sendBytes(index.url, requestBytes('GET', path, ['Host: index.example', ...headers])))[0]!;
    for (const name of [
      'Alice/WEB',
      'alice/we%22b',
      'alice/we%0d%0ab',
      '%2e%2e/web',
      'alice/%00',
      'a%2Fb/c',
    ]) {
      const path = `/v2/${name}/manifests/latest`;
      const anonymous = await send(path);
      assert.ok([400, 401, 404].includes(anonymous.status), `${name}: ${anonymous.status}`);
      assert.doesNotMatch(anonymous.headers['www-authenticate'] ?? '', /we"b|\r|\n|\0/);
      const known = await send(path, `Authorization: ${caller.headers.authorization}`);
      assert.ok([400, 404].includes(known.status), `${name}: ${known.status}`);
    }
    assert.equal((await caller.get('/v2/a/b/c/manifests/latest')).status, 404);
  });

  it('are 404 to Docker up to 1.10, which falls back to v1', async () => {
    const headers = { 'user-agent': 'docker/1.9.1 go/go1.4.2' };
    const response = await index.anonymous.get('/v2/alice/web/manifests/latest', { headers });
    assert.deepEqual([response.status, response.headers['www-authenticate']], [404, undefined]);
  });
});
