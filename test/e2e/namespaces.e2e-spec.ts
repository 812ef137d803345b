import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { NamespacesService } from '@central-index/namespaces';
import type { Actor, JsonValue } from '../support/client';
import { importRepositories } from '../support/import-fixture';
import { IndexUnderTest } from '../support/index-under-test';
import { withToken } from '../support/users';

describe('namespaces', () => {
  let index: IndexUnderTest;
  let alice: Actor;
  beforeAll(async () => {
    index = await IndexUnderTest.start();
    alice = await index.signUp('alice');
    await index.signUp('bob');
    await importRepositories(index, [
      { namespace: 'acme', name: 'app' },
      { namespace: 'tools', name: 'app' },
    ]);
    await index.app.get(NamespacesService, { strict: false }).assign('tools', 'alice', { name: ':test' });
  });
  afterAll(() => index.stop());

  const read = async (name: string): Promise<JsonValue> => {
    const { status, json, text } = await index.anonymous.get(`/api/v1/namespaces/${name}`);
    assert.equal(status, 200, text);
    assert.match(json.created_at as string, /^\d{4}-/);
    const { created_at: _at, ...rest } = json;
    return rest;
  };

  it('are shown with their owners', async () => {
    const plain = { official: false, imported: false };
    assert.deepEqual(await read('alice'), { name: 'alice', owner: 'alice', ...plain });
    assert.deepEqual(await read('acme'), { name: 'acme', owner: null, ...plain, imported: true });
    assert.deepEqual(await read('tools'), { name: 'tools', owner: 'alice', ...plain, imported: true });
    assert.deepEqual(await read('library'), { name: 'library', owner: null, ...plain, official: true });
  });

  it('are not found when no such namespace exists, whatever the name', async () => {
    for (const name of ['nothing', 'a', 'x'.repeat(255), '%00', 'a%2Fb', '__proto__']) {
      assert.equal((await index.anonymous.get(`/api/v1/namespaces/${name}`)).status, 404, name);
    }
  });

  it('of an account are listed to it, in pages', async () => {
    const names = async (caller: Actor, query = ''): Promise<string[]> => {
      const { json } = await caller.get(`/api/v1/user/namespaces${query}`);
      return json.items.map(({ name }: JsonValue) => name as string);
    };
    assert.deepEqual(await names(alice), ['alice', 'tools']);
    const first = await alice.get('/api/v1/user/namespaces?per_page=1');
    assert.equal(first.json.items[0].name, 'alice');
    assert.deepEqual(await names(alice, `?per_page=1&cursor=${first.json.next}`), ['tools']);
    assert.equal((await index.anonymous.get('/api/v1/user/namespaces')).status, 401);
    const token = await withToken(alice, ['metadata'], ['*/*']);
    assert.equal((await token.get('/api/v1/user/namespaces')).status, 403);
  });

  it('list their repositories without the README', async () => {
    const readme = '# Very long';
    await alice.post('/api/v1/namespaces/alice/repositories', { name: 'app', readme });
    const { json } = await alice.get('/api/v1/namespaces/alice/repositories');
    assert.equal(json.items[0].full_name, 'alice/app');
    assert.ok(!('readme' in json.items[0]));
    assert.equal((await alice.get('/api/v1/repositories/alice/app')).json.readme, readme);
  });
});
