import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { SearchSync } from '@central-index/search';
import { Database, sql } from '@central-index/platform/database';
import type { Actor } from '../support/client';
import { IndexUnderTest } from '../support/index-under-test';
import { insertPushedTags } from '../support/push-fixture';
import {
  addOfficial,
  grantedAccess,
  markActive,
  postToken,
  promote,
  refresh,
  register,
  requestToken,
  withAccessToken,
} from '../support/token-fixtures';

const publicPulls = ['repository:bob/base:pull', 'repository:centos:pull', 'repository:alice/app:pull'];
const pulled = 'bob/base pull ; centos pull ; alice/app pull';
const refused = [
  'repository:bob/secret:pull',
  'repository:alice/secret:pull',
  'repository:alice/absent:pull',
];

// A restricted token never opens less than no token: public repositories stay open to it.
describe('a restricted access token', () => {
  let index: IndexUnderTest;
  let alice: Actor;
  let tokens: Actor[];
  beforeAll(async () => {
    index = await IndexUnderTest.start({ RATE_LIMITS: 'off' });
    alice = await index.signUp('alice');
    const [bob, olga] = [await index.signUp('bob'), await index.signUp('olga')];
    await promote(index, 'olga');
    await register(index, { name: 'reg', url: 'http://localhost:23361' });
    for (const [owner, path] of [
      [alice, 'alice/app'],
      [alice, 'alice/only'],
      [alice, 'alice/secret'],
      [bob, 'bob/base'],
      [bob, 'bob/secret'],
    ] as const) {
      await grantedAccess(owner, 'reg', `repository:${path}:push,pull`);
      await markActive(index, path, path.endsWith('secret') ? 'private' : 'public');
      await insertPushedTags(index, path, ['v1']);
    }
    await addOfficial(index, 'centos');
    await grantedAccess(olga, 'reg', 'repository:centos:push,pull');
    await markActive(index, 'library/centos');
    await insertPushedTags(index, 'library/centos', ['7']);
    const rows = await index.app.get(Database).query(sql<{ id: string }>('select id from repository'));
    await index.app.get(SearchSync, { strict: false }).sync(rows.map(({ id }) => String(id)));
    tokens = await Promise.all([
      withAccessToken(index, alice, ['pull', 'push'], ['alice/only']),
      withAccessToken(index, alice, ['push'], ['alice/only']),
      withAccessToken(index, alice, ['metadata'], ['alice/only']),
      withAccessToken(index, alice, ['delete'], ['nobody/*']),
    ]);
  });
  afterAll(() => index.stop());

  it('pulls what an anonymous client pulls, by GET and by POST, and nothing more', async () => {
    assert.equal(await grantedAccess(index.anonymous, 'reg', ...publicPulls), pulled);
    for (const token of tokens) {
      assert.equal(await grantedAccess(token, 'reg', ...publicPulls), pulled);
      assert.equal(await grantedAccess(token, 'reg', ...refused), '');
      assert.equal(
        await grantedAccess(token, 'reg', 'repository:bob/base:pull,push,delete'),
        'bob/base pull',
      );
    }
    const [, credentials] = tokens[1]!.headers.authorization!.split(' ');
    const password = Buffer.from(credentials!, 'base64').toString().slice('alice:'.length);
    const fields = { grant_type: 'password', username: 'alice', password, scope: publicPulls.join(' ') };
    assert.equal((await postToken(index.anonymous, 'reg', fields)).json.scope, publicPulls.join(' '));
  });

  it('passes that on to the refresh token of a login with it', async () => {
    for (const token of tokens) {
      const login = await requestToken(token, 'reg', [], { offline_token: 'true' });
      const secret = login.json.refresh_token as string;
      const opened = await refresh(index.anonymous, 'reg', secret, [...publicPulls, ...refused].join(' '));
      assert.equal(opened.json.scope, publicPulls.join(' '));
    }
  });

  it('builds FROM a public image of another account and pushes the result', async () => {
    const scopes = ['repository:alice/only:pull,push', 'repository:bob/base:pull'];
    assert.equal(await grantedAccess(tokens[0]!, 'reg', ...scopes), 'alice/only pull,push ; bob/base pull');
  });

  it('lists, reads and finds what an anonymous client does', async () => {
    for (const path of [
      '/api/v1/repositories/bob/base',
      '/api/v1/repositories/library/centos/tags',
      '/api/v1/repositories/alice/app/pulls?from=2026-01-01&to=2026-01-02',
      '/api/v1/namespaces/bob/repositories',
      '/api/v1/search?q=base',
      '/v1/search?q=base',
    ]) {
      const expected = await index.anonymous.get(path);
      assert.equal(expected.status, 200, path);
      for (const token of tokens) assert.equal((await token.get(path)).text, expected.text, path);
    }
  });

  it('lists the catalog of the index that an anonymous client lists', async () => {
    const catalog = async (caller: Actor): Promise<string[]> => {
      const { json } = await requestToken(caller, 'central-index');
      return (await index.anonymous.bearer(json.token as string).get('/v2/_catalog')).json
        .repositories as string[];
    };
    const expected = await catalog(index.anonymous);
    assert.deepEqual(expected, ['alice/app', 'alice/only', 'bob/base', 'centos']);
    for (const token of tokens) assert.deepEqual(await catalog(token), expected);
  });

  it('is explained as it is granted', async () => {
    const olga = index.anonymous.basic('olga', 'a long password of olga');
    const listed = await alice.get('/api/v1/user/tokens');
    for (const { id } of listed.json.items as { id: string }[]) {
      const query = `account=alice&access_token=${id}&service=reg&scope=repository:bob/base:pull,push`;
      const { json } = await olga.get(`/api/v1/admin/token-explanation?${query}`);
      assert.deepEqual(json.granted, ['repository:bob/base:pull']);
      assert.match(
        (json.lines as string[]).join('\n'),
        /pull granted by namespaces: public repositories may be pulled by all$/m,
      );
    }
  });
});
