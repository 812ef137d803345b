import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { AccountAdministration } from '@central-index/accounts';
import { Database, sql } from '@central-index/platform/database';
import type { Actor, HttpResponse } from '../support/client';
import { eventually } from '../support/eventually';
import { IndexUnderTest } from '../support/index-under-test';
import { chainOf, endpointsOf, imageId, OldDocker, tokenOf } from '../support/old-docker';
import { diagnostic } from '../support/jest';
import { statementsDuring } from '../support/statements';
import { addOfficial, grantedAccess, promote, register, withAccessToken } from '../support/token-fixtures';
import { V1Registry } from '../support/v1-registry';

const images = chainOf(['base', 'app'], 'latest', '1.0');
const ids = images.map(({ id }) => id).sort();
const status = ({ status: code }: HttpResponse): number => code;

describe('repositories of the v1 protocol', () => {
  let index: IndexUnderTest;
  let registry: V1Registry;
  let [alice, bob, admin]: Actor[] = [];
  const docker = (caller: Actor): OldDocker => new OldDocker(caller);
  const asRegistry = (token: string): Actor => index.anonymous.with({ authorization: `Token ${token}` });
  const imagesOf = (path: string): string => `/v1/repositories/${path}/images`;

  beforeAll(async () => {
    index = await IndexUnderTest.start();
    registry = await V1Registry.start(() => index.url);
    await register(index, { name: 'classic', url: registry.url, kind: 'v1' });
    await register(index, { name: 'modern', url: 'http://127.0.0.1:9', host: 'modern.example:5000' });
    [alice, bob, admin] = [
      await index.signUp('alice'),
      await index.signUp('bobby'),
      await index.signUp('chief'),
    ];
    await promote(index, 'chief');
  });
  afterAll(async () => {
    await registry.stop();
    await index.stop();
  });

  const signedFor = (response: HttpResponse, repository: string, access: string): void => {
    assert.equal(response.headers['www-authenticate'], `Token ${tokenOf(response)}`);
    assert.match(
      tokenOf(response),
      new RegExp(`^signature=[\\w.-]+,repository="${repository}",access=${access}$`),
    );
    assert.deepEqual(endpointsOf(response), [registry.host]);
  };

  it('are searchable within a second of the end of their push', async () => {
    const lags: number[] = [];
    // The quickest counts: what slows a machine down for a moment is not the product.
    for (const name of ['first', 'second', 'third', 'fourth', 'fifth']) {
      await docker(alice!).push(`alice/prompt-${name}`, chainOf([name], 'latest'));
      const visibleAt = await eventually(async () => {
        const found = await index.anonymous.get(`/v1/search?q=alice/prompt-${name}`);
        assert.equal(found.json.results[0]?.name, `alice/prompt-${name}`);
        return Date.now();
      });
      const { json } = await index.anonymous.get(`/api/v1/repositories/alice/prompt-${name}/tags/latest`);
      // The time that the fact of the push states.
      lags.push(visibleAt - Date.parse(json.pushed_at));
    }
    diagnostic(`searchable ${lags.join(', ')} ms after the pushes`);
    assert.ok(Math.min(...lags) < 1_000, `searchable after ${lags.join(', ')} ms`);
    assert.ok(Math.min(...lags) >= 0);
  });

  it('are pushed, found, shown with tags, pulled and counted', async () => {
    await docker(alice!).push('alice/app', images);
    await eventually(async () => {
      const found = await index.anonymous.get('/v1/search?q=alice/app');
      assert.deepEqual(
        found.json.results.map((row: { name: string }) => row.name),
        ['alice/app'],
      );
    });
    const shown = await index.anonymous.get('/api/v1/repositories/alice/app');
    assert.deepEqual([shown.json.registry, shown.json.tags, shown.json.visibility], ['classic', 2, 'public']);
    assert.equal(
      shown.json.pull_command,
      `docker pull ${new URL(index.config.server.publicUrl).host}/alice/app`,
    );
    const tags = await index.anonymous.get('/api/v1/repositories/alice/app/tags');
    assert.deepEqual(
      tags.json.items.map((tag: { name: string; digest: string; pushed_by: string; platforms: object[] }) => [
        tag.name,
        tag.digest,
        tag.pushed_by,
        tag.platforms.length,
      ]),
      ['1.0', 'latest'].map((tag) => [tag, `sha256:${imageId('app')}`, 'alice', 1]),
    );
    assert.deepEqual(await docker(index.anonymous).pull('alice/app'), {
      latest: imageId('app'),
      '1.0': imageId('app'),
    });
    await eventually(async () =>
      assert.equal((await index.anonymous.get('/api/v1/repositories/alice/app')).json.pulls, 1),
    );
    assert.equal(status(await bob!.put('/api/v1/repositories/alice/app/star')), 204);
    await eventually(async () => {
      const [row] = (await index.anonymous.get('/v1/search?q=alice/app')).json.results;
      assert.equal(row.star_count, 1);
    });
    const { json: found } = await index.anonymous.get('/api/v1/search?q=alice/app');
    assert.deepEqual([found.items[0].stars, found.items[0].pulls], [1, 1]);
    assert.ok(registry.questions.every((question) => question.endsWith('=> 200')));
    assert.ok(registry.questions.some((question) => question.includes(`/layer/${imageId('base')}/access`)));
  });

  it('have pages like all others, with the command of old clients', async () => {
    const { host } = new URL(index.config.server.publicUrl);
    const page = async (path: string): Promise<string> => {
      const response = await index.anonymous.with({ accept: 'text/html' }).get(path);
      assert.equal(response.status, 200, path);
      return response.text;
    };
    assert.ok((await page('/r/alice/app')).includes(`docker pull ${host}/alice/app`));
    const tags = await page('/r/alice/app/tags');
    assert.ok(tags.includes('latest') && tags.includes('1.0'));
    assert.ok((await page('/r/alice/app/tags/latest')).includes(imageId('app').slice(0, 12)));
    assert.ok((await page('/search?q=alice/app')).includes('/r/alice/app'));
    assert.ok((await page('/u/alice')).includes('/r/alice/app'));
    // Clients of today are shown where they can push.
    const help = await page('/help');
    assert.ok(help.includes('docker login modern.example:5000'));
    assert.ok(!help.includes(registry.host));
    const { token } = (await alice!.get('/token?service=central-index&scope=repository:alice/app:pull')).json;
    const manifest = await index.anonymous.bearer(token as string).get('/v2/alice/app/manifests/latest');
    assert.equal(manifest.status, 404);
    assert.match(
      manifest.json.errors[0].message,
      new RegExp(`${host}/alice/app, for Docker 1\\.10 and older`),
    );
  });

  it('answer images as an array, tags with layers, and headers only where they are requested', async () => {
    for (const path of [imagesOf('alice/app'), `${imagesOf('alice/app')}/`]) {
      const plain = await index.anonymous.get(path);
      assert.deepEqual(
        plain.json,
        ids.map((id) => ({ id })),
      );
      assert.equal(plain.headers['x-docker-token'], undefined);
      assert.equal(plain.headers['x-docker-endpoints'], undefined);
    }
    const layer = imageId('app').slice(0, 8);
    const tags = [
      { layer, name: '1.0' },
      { layer, name: 'latest' },
    ];
    assert.deepEqual((await index.anonymous.get('/v1/repositories/alice/app/tags')).json, tags);
    assert.deepEqual((await index.anonymous.get('/v1/repositories/alice/app/tags/')).json, tags);
    const begun = await alice!.put('/v1/repositories/alice/app', [{ id: imageId('app') }]);
    assert.deepEqual([begun.status, begun.text, begun.headers['x-docker-token']], [200, '""', undefined]);
    signedFor(await docker(alice!).begin('alice/app', images), 'alice/app', 'write');
    signedFor(await docker(index.anonymous.basic('', '')).openPull('alice/app'), 'alice/app', 'read');
  });

  it('keep checksums and several tags of an image, and take nothing away', async () => {
    const checksum = `tarsum+sha256:${'a'.repeat(64)}`;
    const [base] = ids;
    assert.equal(status(await docker(alice!).end('alice/app', [{ id: base, checksum }])), 204);
    assert.equal(status(await docker(alice!).end('alice/app', [])), 204);
    assert.equal(status(await docker(alice!).end('alice/app', [{ id: base, checksum: '' }])), 204);
    const list = (await index.anonymous.get(imagesOf('alice/app'))).json;
    assert.deepEqual(list, [{ id: base, checksum }, { id: ids[1] }]);
  });

  it('of one component and of two are distinguished by the trailing slash alone', async () => {
    await addOfficial(index, 'alpine');
    const list = [{ id: imageId('official') }];
    assert.equal(status(await bob!.put('/v1/repositories/alpine/', list)), 403);
    const begun = await docker(admin!).begin('alpine', chainOf(['official'], 'latest'));
    signedFor(begun, 'library/alpine', 'write');
    assert.equal(status(await admin!.put('/v1/repositories/library/alpine', list)), 200);
    // Without the slash it is the image list of the official repository, with it the repository alice/images.
    assert.deepEqual(await admin!.put('/v1/repositories/alpine/images', []).then(status), 204);
    assert.equal(status(await alice!.put('/v1/repositories/alice/images', [])), 403);
    signedFor(await docker(alice!).begin('alice/images', []), 'alice/images', 'write');
    signedFor(await docker(alice!).begin('alice/auth', []), 'alice/auth', 'write');
    for (const path of ['alpine/images', 'alpine/images/', 'library/alpine/images']) {
      assert.deepEqual((await admin!.get(`/v1/repositories/${path}`)).json, list, path);
    }
    await docker(admin!).push('alpine', chainOf(['official'], 'latest'));
    assert.deepEqual(await docker(index.anonymous).pull('alpine'), { latest: imageId('official') });
  });

  it('refuse pushes without a login by 401 and those of others by 403, and nothing changes', async () => {
    for (const caller of [
      index.anonymous,
      index.anonymous.basic('', ''),
      index.anonymous.basic('alice', 'old'),
    ]) {
      const response = await docker(caller).begin('alice/other', images);
      assert.equal(response.status, 401);
      assert.equal(response.headers['www-authenticate'], 'Basic realm="auth required",Token');
      assert.equal(typeof response.json, 'string');
    }
    for (const path of ['alice/other', 'alice/app', 'nobody/app', 'toplevel', 'library/toplevel']) {
      const response = await docker(bob!).begin(path, images);
      assert.deepEqual([response.status, typeof response.json], [403, 'string'], path);
      assert.equal(status(await docker(bob!).end(path)), 403);
    }
    assert.equal(status(await alice!.get('/api/v1/repositories/alice/other')), 404);
    await index.app
      .get(Database)
      .query(sql(`update repository set automated = true where path = 'alice/app'`), []);
    const built = await docker(alice!).begin('alice/app', images);
    assert.deepEqual([built.status, /trusted build/.test(built.json)], [403, true]);
    await index.app
      .get(Database)
      .query(sql(`update repository set automated = false where path = 'alice/app'`), []);
    const reader = await withAccessToken(index, alice!, ['pull'], ['alice/*']);
    assert.equal(status(await docker(reader).begin('alice/app', images)), 403);
    const pusher = await withAccessToken(index, alice!, ['push'], ['alice/other']);
    assert.equal(status(await docker(pusher).begin('alice/app', images)), 403);
  });

  it('are private to all but their owner, as if absent', async () => {
    await docker(alice!).push('alice/secret', chainOf(['secret'], 'latest'));
    await eventually(async () =>
      assert.equal(
        status(await alice!.patch('/api/v1/repositories/alice/secret', { visibility: 'private' })),
        200,
      ),
    );
    for (const caller of [index.anonymous, bob!, admin!]) {
      for (const part of ['images', 'tags']) {
        const secret = await caller.get(`/v1/repositories/alice/secret/${part}`);
        const absent = await caller.get(`/v1/repositories/alice/absent/${part}`);
        assert.equal(secret.status, 404);
        assert.equal(secret.text.replace('secret', 'absent'), absent.text);
      }
    }
    assert.equal(status(await docker(alice!).openPull('alice/secret')), 200);
    assert.equal(status(await index.anonymous.basic('alice', 'wrong').get(imagesOf('alice/app'))), 401);
  });

  it('say for each layer whether the account of the token may read it', async () => {
    const access = async (caller: Actor, path: string, id: string): Promise<unknown> => {
      const token = tokenOf(await docker(caller).openPull(path));
      const response = await asRegistry(token).get(`/v1/repositories/${path}/layer/${id}/access`);
      return response.status === 200 ? response.json : response.status;
    };
    assert.deepEqual(await access(bob!, 'alice/app', imageId('base')), { access: true });
    assert.deepEqual(await access(bob!, 'alice/app', imageId('secret')), { access: false });
    assert.deepEqual(await access(alice!, 'alice/app', imageId('secret')), { access: true });
    assert.deepEqual(await access(index.anonymous, 'alice/app', imageId('unknown')), { access: false });
    assert.deepEqual(await access(bob!, 'alice/app', 'no-id'), { access: false });
    assert.deepEqual(await access(bob!, 'alpine', imageId('official')), { access: true });
    assert.equal(status(await bob!.get(`/v1/repositories/alice/app/layer/${imageId('base')}/access`)), 401);
  });

  it('open by tokens of both spellings, any number of times, and by no other token', async () => {
    const write = tokenOf(await docker(alice!).begin('alice/app', images));
    const read = tokenOf(await docker(alice!).openPull('alice/app'));
    for (const token of [write, read, `Token ${write}`, write, read]) {
      assert.equal(status(await asRegistry(token).get(imagesOf('alice/app'))), 200);
      const put = await asRegistry(token).put('/v1/repositories/alice/app/auth');
      assert.deepEqual([put.status, put.text], [200, '"OK"']);
    }
    const [signature] = /(?<=signature=)[^,]+/.exec(write)!;
    const forged = [
      read.replace('access=read', 'access=write'),
      write.replace('alice/app', 'alice/secret'),
      write.replace(signature, signature.slice(0, -4)),
      `${write},access=write`,
      `signature=${signature}`,
      'signature=123abc,repository="alice/app",access=write',
    ];
    for (const token of forged) {
      assert.equal(status(await asRegistry(token).get(imagesOf('alice/app'))), 401, token);
      assert.equal(status(await asRegistry(token).put('/v1/repositories/alice/app/auth')), 401, token);
    }
    assert.equal(status(await asRegistry(write).get(imagesOf('alice/secret'))), 401);
    // Neither do tokens of one protocol open the other.
    for (const path of ['/v2/', '/api/v1/user', '/v1/users/', '/token?service=modern']) {
      assert.equal(status(await index.anonymous.bearer(signature).get(path)), 401, path);
      assert.equal(status(await asRegistry(write).get(path)), 401, path);
    }
    const query = 'service=central-index&scope=repository:alice/app:pull';
    const v2 = (await alice!.get(`/token?${query}`)).json.token as string;
    for (const access of ['read', 'write', 'delete']) {
      const token = `signature=${v2},repository="alice/app",access=${access}`;
      assert.equal(status(await asRegistry(token).get(imagesOf('alice/app'))), 401);
    }
    assert.equal(await grantedAccess(alice!, 'classic', 'repository:alice/app:pull,push'), '400');
    assert.equal(status(await index.anonymous.bearer(v2).get(imagesOf('alice/app'))), 401);
  });

  it('open no longer once what the token was issued for is revoked', async () => {
    const expectDead = async (token: string, path: string): Promise<void> =>
      assert.notEqual(status(await asRegistry(token).get(imagesOf(path))), 200);
    const dora = await index.signUp('dora', 'a long password of d.');
    await docker(dora).push('dora/app', images);
    const byAccessToken = await withAccessToken(index, dora, ['push', 'pull'], ['dora/*']);
    const [byToken, byPassword] = [
      tokenOf(await docker(byAccessToken).begin('dora/app', images)),
      tokenOf(await docker(dora).begin('dora/app', images)),
    ];
    for (const token of [byToken, byPassword]) {
      assert.equal(status(await asRegistry(token).get(imagesOf('dora/app'))), 200);
    }
    const [{ id }] = (await dora.get('/api/v1/user/tokens')).json.items as [{ id: string }];
    assert.equal(status(await dora.delete(`/api/v1/user/tokens/${id}`)), 204);
    await expectDead(byToken, 'dora/app');
    assert.equal(status(await dora.put('/v1/users/dora', { password: 'another long word' })), 204);
    await expectDead(byPassword, 'dora/app');
    const again = index.anonymous.basic('dora', 'another long word');
    const [last, anonymous] = [
      tokenOf(await docker(again).begin('dora/app', images)),
      tokenOf(await docker(index.anonymous).openPull('dora/app')),
    ];
    assert.equal(status(await asRegistry(last).get(imagesOf('dora/app'))), 200);
    assert.equal(status(await again.patch('/api/v1/repositories/dora/app', { visibility: 'private' })), 200);
    await expectDead(anonymous, 'dora/app');
    await index.app.get(AccountAdministration, { strict: false }).disable('dora', { name: ':test' });
    await expectDead(last, 'dora/app');
    const inactive = await docker(again).begin('dora/app', images);
    assert.deepEqual([inactive.status, inactive.text], [403, '"Account is not active"']);
  });

  it('are on a v1 registry or on another, and the refusal says where', async () => {
    const requested = 'repository:alice/modern:push,pull';
    assert.equal(await grantedAccess(alice!, 'modern', requested), 'alice/modern pull,push');
    const refused = await docker(alice!).begin('alice/modern', images);
    assert.equal(refused.status, 403);
    assert.match(refused.json, /push it to modern\.example:5000\/alice\/modern/);
    assert.equal(status(await docker(alice!).openPull('alice/modern')), 404);
    const other = await alice!.get('/token?service=modern&scope=repository:alice/app:push');
    assert.equal(other.status, 403);
    const { host } = new URL(index.config.server.publicUrl);
    assert.ok(other.json.details.includes(`push it to ${host}/alice/app`), other.text);
    // Two first pushes at the same time: exactly one of them places the name.
    const [old, modern] = await Promise.all([
      docker(alice!).begin('alice/raced', images),
      alice!.get('/token?service=modern&scope=repository:alice/raced:push'),
    ]);
    assert.deepEqual([old.status, modern.status].sort(), [200, 403]);
  });

  it('are deleted in two steps, and stay as they are in between', async () => {
    await docker(alice!).push('alice/old', images);
    await eventually(async () =>
      assert.equal((await index.anonymous.get('/api/v1/repositories/alice/old')).json.tags, 2),
    );
    const path = '/v1/repositories/alice/old/';
    assert.equal(status(await bob!.delete(path)), 403);
    assert.equal(status(await index.anonymous.delete(path)), 401);
    assert.equal(status(await alice!.delete('/v1/repositories/alice/never/')), 404);
    const begun = await alice!.with({ 'x-docker-token': 'true' }).delete(path);
    assert.deepEqual([begun.status, begun.text], [202, '""']);
    signedFor(begun, 'alice/old', 'delete');
    const token = tokenOf(begun);
    assert.equal(status(await asRegistry(token).get(imagesOf('alice/old'))), 200);
    assert.equal(status(await asRegistry(token).put('/v1/repositories/alice/old/auth')), 200);
    assert.equal(status(await asRegistry(token).delete(imagesOf('alice/old'))), 204);
    assert.equal(status(await docker(index.anonymous).openPull('alice/old')), 200);
    const emptied = await fetch(`${registry.url}${path}`, {
      method: 'DELETE',
      headers: { authorization: `Token ${token}` },
    });
    assert.equal(emptied.status, 200);
    const confirmed = await alice!.delete(path);
    assert.deepEqual([confirmed.status, confirmed.text], [200, '""']);
    assert.equal(status(await alice!.get(imagesOf('alice/old'))), 404);
    assert.notEqual(status(await asRegistry(token).get(imagesOf('alice/old'))), 200);
    assert.equal(status(await alice!.delete(path)), 404);
    // What is pushed again starts from scratch.
    await docker(alice!).push('alice/old', chainOf(['again'], 'latest'));
    assert.deepEqual((await alice!.get(imagesOf('alice/old'))).json, [{ id: imageId('again') }]);
  });

  it('are emptied at their registry when they are deleted by the API', async () => {
    await docker(alice!).push('alice/gone', images);
    assert.ok(registry.tags.has('alice/gone'));
    await eventually(async () =>
      assert.equal(status(await alice!.delete('/api/v1/repositories/alice/gone')), 204),
    );
    await eventually(() => Promise.resolve(assert.ok(!registry.tags.has('alice/gone'))));
  });

  it('lose their tags here when a deletion emptied the registry and was never confirmed', async () => {
    await docker(alice!).push('alice/half', images);
    await eventually(async () =>
      assert.equal((await index.anonymous.get('/api/v1/repositories/alice/half')).json.tags, 2),
    );
    assert.equal(status(await alice!.delete('/v1/repositories/alice/half/')), 202);
    registry.tags.delete('alice/half');
    const database = index.app.get(Database);
    await database.query(sql(`update v1_deletion set expires_at = now() - interval '1 second'`), []);
    await database.query(
      sql(
        `update graphile_worker._private_jobs set run_at = now() where key like 'docker-v1.deletion-expired%'`,
      ),
      [],
    );
    await eventually(async () => {
      const shown = await alice!.get('/api/v1/repositories/alice/half');
      assert.deepEqual([shown.status, shown.json.tags], [200, 0]);
    });
    // The first step begins again.
    assert.equal(status(await alice!.delete('/v1/repositories/alice/half/')), 202);
  });

  it('refuse bad lists and names with a text, change nothing, and never redirect', async () => {
    const before = (await alice!.get(imagesOf('alice/app'))).text;
    const bad: [path: string, body: string, expected: number[]][] = [
      ['alice/app/', '{"id":"x"}', [400]],
      ['alice/app/', '"text"', [400]],
      ['alice/app/', 'no json', [400]],
      ['alice/app/', '', [400]],
      ['alice/app/', '[null]', [400]],
      ['alice/app/', `[{"id":"${'a'.repeat(65)}"}]`, [400]],
      ['alice/app/', `[{"id":"${'A'.repeat(64)}"}]`, [400]],
      ['alice/app/', `[{"id":"${'a'.repeat(64)}","Tag":"not a tag"}]`, [400]],
      ['alice/app/images', `[{"id":"${'a'.repeat(64)}","checksum":"x\\u0000"}]`, [400]],
      [
        'alice/app/',
        JSON.stringify(Array.from({ length: 100_000 }, (_, n) => ({ id: imageId(String(n)) }))),
        [400, 413],
      ],
      ['alice/app/', `[${'{},'.repeat(20_000)}{}]`, [400, 413]],
      ['alice%2Fapp/', '[]', [400]],
      ['alice%2Fapp/images', '[]', [400]],
      ['%61lice/app/', '[]', [400]],
      ['Alice/app/', '[]', [400]],
      ['alice/App/', '[]', [400]],
      ['alice/./app/', '[]', [400, 404]],
      ['alice//app/', '[]', [400, 404]],
      ['alice/app/tags', '[]', [404]],
      ['alice/a/b/c', '[]', [404, 405]],
      ['%D0%B0lice/app/', '[]', [400]],
      ['alice/__proto__/', '[]', [400]],
      [`${'a'.repeat(64)}/`, '[]', [400]],
    ];
    for (const [path, body, expected] of bad) {
      const options = { body, headers: { ...alice!.headers, 'content-type': 'application/json' } };
      const response = await index.anonymous.sendRaw('PUT', `/v1/repositories/${path}`, options);
      assert.ok(expected.includes(response.status), `${path} ${body.slice(0, 40)}: ${response.status}`);
      assert.equal(typeof response.json, 'string', response.text);
      assert.equal(response.headers.location, undefined);
    }
    assert.equal((await alice!.get(imagesOf('alice/app'))).text, before);
    const good = `[{"id":"${imageId('app')}"}]`;
    for (const type of [undefined, 'text/plain', 'application/x-www-form-urlencoded']) {
      const headers = {
        ...alice!.headers,
        ...(type !== undefined && { 'content-type': type }),
        'x-docker-endpoints': 'https://evil.example/v1/',
        'x-docker-token': 'true',
      };
      const response = await index.anonymous.sendRaw('PUT', '/v1/repositories/alice/app/', {
        body: good,
        headers,
      });
      assert.equal(response.status, 200, type);
      assert.deepEqual(endpointsOf(response), [registry.host]);
    }
  });

  it('cost two queries for each token that a registry asks about', async () => {
    const token = tokenOf(await docker(alice!).begin('alice/app', images));
    const validate = async (): Promise<void> =>
      assert.equal(status(await asRegistry(token).get(imagesOf('alice/app'))), 200);
    await validate();
    await index.stopWorker();
    const texts = await statementsDuring(validate);
    assert.equal(texts.length, 2, texts.join('\n'));
  });
});
