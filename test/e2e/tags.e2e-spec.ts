import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import type { Actor } from '../support/client';
import { IndexUnderTest } from '../support/index-under-test';
import { digestOf, insertPushedTags } from '../support/push-fixture';

describe('tags', () => {
  let index: IndexUnderTest;
  let alice: Actor;
  const tags = '/api/v1/repositories/alice/app/tags';
  beforeAll(async () => {
    index = await IndexUnderTest.start();
    alice = await index.signUp('alice');
    await alice.post('/api/v1/namespaces/alice/repositories', { name: 'app' });
    await insertPushedTags(index, 'alice/app', ['latest', 'v1', 'v1.0', 'V1', '_x'], 'alice');
  });
  afterAll(() => index.stop());

  it('show the digest, size and platforms of a push', async () => {
    const { status, json } = await index.anonymous.get(`${tags}/v1`);
    assert.equal(status, 200);
    const { pushed_at, ...rest } = json;
    assert.ok(Date.parse(pushed_at) > Date.now() - 60_000);
    assert.deepEqual(rest, {
      name: 'v1',
      digest: digestOf('v1'),
      media_type: 'application/vnd.oci.image.manifest.v1+json',
      size: 1234,
      platforms: [{ os: 'linux', architecture: 'amd64', digest: null, size: null }],
      kind: 'image',
      artifact_type: null,
      subject: null,
      built_at: null,
      labels: {},
      refers_to: null,
      found_at: null,
      pushed_by: 'alice',
    });
    assert.equal((await index.anonymous.get('/api/v1/repositories/alice/app')).json.tags, 5);
  });

  it('are listed in pages', async () => {
    const names: string[] = [];
    let query = '?per_page=2';
    for (;;) {
      const { json } = await index.anonymous.get(tags + query);
      names.push(...json.items.map(({ name }: { name: string }) => name));
      if (json.next === null) break;
      query = `?per_page=2&cursor=${json.next}`;
    }
    assert.deepEqual([...names].sort(), ['V1', '_x', 'latest', 'v1', 'v1.0']);
    assert.equal(names.length, 5);
  });

  it('return 404 when absent or in a hidden repository', async () => {
    for (const tag of ['none', '-x', '..%2f', 'a%00', 'x'.repeat(129)]) {
      assert.equal((await index.anonymous.get(`${tags}/${tag}`)).status, 404, tag);
    }
    assert.equal((await index.anonymous.get(`${tags}?cursor=forged`)).status, 400);
    await alice.patch('/api/v1/repositories/alice/app', { visibility: 'private' });
    assert.equal((await index.anonymous.get(tags)).status, 404);
    assert.equal((await index.anonymous.get(`${tags}/v1`)).status, 404);
    assert.equal((await alice.get(`${tags}/v1`)).status, 200);
  });

  it('are deleted with their repository, and not restored with its name', async () => {
    assert.equal((await alice.delete('/api/v1/repositories/alice/app')).status, 204);
    await insertPushedTags(index, 'alice/app', []);
    assert.deepEqual((await alice.get(tags)).json.items, []);
  });
});
