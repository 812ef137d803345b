import {
  OfficialRepositoriesService,
  PlacementsService,
  SearchableRepositories,
} from '@central-index/repositories';
import { parseRepositoryName } from '@central-index/naming';
import { Database, sql } from '@central-index/platform/database';
import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import type { Actor } from '../support/client';
import { IndexUnderTest } from '../support/index-under-test';
import { createAdministrator, withToken } from '../support/users';

describe('official repositories', () => {
  let index: IndexUnderTest;
  let alice: Actor;
  let olga: Actor;
  const admin = '/api/v1/admin/official';
  beforeAll(async () => {
    index = await IndexUnderTest.start();
    alice = await index.signUp('alice');
    olga = await createAdministrator(index, 'olga');
  });
  afterAll(() => index.stop());

  it('are added, described and deleted by administrators', async () => {
    const added = await olga.put(`${admin}/centos`, { description: 'The official build of CentOS.' });
    assert.equal(added.status, 201, added.text);
    assert.deepEqual(
      [added.json.full_name, added.json.namespace, added.json.official, added.json.description],
      ['centos', 'library', true, 'The official build of CentOS.'],
    );
    assert.equal((await olga.put(`${admin}/centos`)).json.description, 'The official build of CentOS.');
    // Names are accepted in any case of letters.
    assert.equal((await olga.put(`${admin}/CentOS`, { description: 'Other.' })).status, 200);
    assert.equal(
      (await index.anonymous.get('/api/v1/repositories/library/centos')).json.description,
      'Other.',
    );
    const changed = await olga.patch('/api/v1/repositories/library/centos', { readme: '# CentOS' });
    assert.equal(changed.json.readme, '# CentOS');
    assert.equal(
      (await olga.patch('/api/v1/repositories/library/centos', { visibility: 'private' })).status,
      400,
    );
    assert.equal((await olga.delete(`${admin}/centos`)).status, 204);
    assert.equal((await olga.delete(`${admin}/centos`)).status, 404);
    assert.equal((await index.anonymous.get('/api/v1/repositories/library/centos')).status, 404);
    const again = await olga.put(`${admin}/centos`);
    assert.deepEqual([again.status, again.json.description, again.json.readme], [201, '', '']);
  });

  it('return 401 or 403 to all other callers', async () => {
    await olga.put(`${admin}/debian`);
    const token = await withToken(olga, ['pull', 'push', 'delete', 'metadata'], ['*/*']);
    for (const [caller, status] of [
      [index.anonymous, 401],
      [alice, 403],
      [token, 403],
    ] as const) {
      assert.equal((await caller.put(`${admin}/fedora`)).status, status);
      assert.equal((await caller.delete(`${admin}/debian`)).status, status);
    }
    assert.equal(
      (await alice.patch('/api/v1/repositories/library/debian', { description: 'x' })).status,
      403,
    );
    assert.equal((await alice.delete('/api/v1/repositories/library/debian')).status, 403);
    assert.equal((await alice.put('/api/v1/repositories/library/debian/star')).status, 204);
  });

  it('reject invalid names and texts', async () => {
    for (const name of ['-x', 'a%2Fb', 'f'.repeat(64), 'a%00']) {
      assert.equal((await olga.put(`${admin}/${name}`)).status, 400, name);
    }
    assert.equal((await olga.put(`${admin}/ok`, { description: 'x'.repeat(300) })).status, 400);
    assert.equal((await olga.put(`${admin}/ok`, { stars: 1 })).status, 400);
    assert.equal((await index.anonymous.get('/api/v1/repositories/library/ok')).status, 404);
  });

  it('record each change in the audit log', async () => {
    const { json } = await olga.get('/api/v1/admin/audit?action=official-repository.added&per_page=100');
    const subjects = json.items.map(({ subject, actor }: { subject: string; actor: string }) => [
      subject,
      actor,
    ]);
    assert.deepEqual(subjects, [['debian', 'olga'], ['centos', 'olga'], ['centos', 'olga']]); // prettier-ignore
  });

  it('are not created by a push, and keep the registry path of their first push', async () => {
    const placements = index.app.get(PlacementsService, { strict: false });
    const database = index.app.get(Database, { strict: false });
    const [registry] = await database.query(
      sql<{ id: string }>(`insert into registry (name, url, host, service, kind, hook_secret_hash)
       values ('main', 'http://r', 'r', 'main', 'distribution2', '') returning id`),
    );
    const claimPlacement = (name: string) =>
      database.transaction((manager) =>
        placements.claim(manager, {
          name: parseRepositoryName(name)!,
          registryId: registry!.id,
          registryPath: name,
          accountId: '1',
        }),
      );
    assert.equal((await claimPlacement('arch')).repository, undefined);
    assert.equal((await claimPlacement('centos')).registryPath, 'centos');
    assert.equal((await claimPlacement('library/centos')).registryPath, 'centos');
  });

  it('are imported; only those with tags become searchable', async () => {
    const importRows = [
      { name: 'adminer', short_description: 'Database management.', tags_count: 15, deprecated: false },
      { name: 'scratch', short_description: 'Nothing.', tags_count: 0 },
      { name: 'Bad Name', short_description: 'x', tags_count: 1 },
    ];
    const official = index.app.get(OfficialRepositoriesService, { strict: false });
    const run = () =>
      official.import(singleChunk(importRows.map((line) => JSON.stringify(line)).join('\n')), {
        actor: { name: ':cli' },
      });
    const first = await run();
    assert.deepEqual([first.rows, first.added, first.invalid], [3, 2, 1]);
    assert.deepEqual([(await run()).unchanged], [2]);
    const repositories = index.app.get(SearchableRepositories, { strict: false });
    const searchable = (await repositories.listAfter('0', 100)).map(({ name }) => name);
    assert.deepEqual(searchable, ['adminer']);
    assert.equal(
      (await index.anonymous.get('/api/v1/repositories/library/scratch')).json.description,
      'Nothing.',
    );
  });
});

async function* singleChunk(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}
