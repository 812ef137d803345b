import { NamespacesService } from '@central-index/namespaces';
import { ImportService, SearchableRepositories, type ImportSummary } from '@central-index/repositories';
import { Database, sql } from '@central-index/platform/database';
import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import type { Actor } from '../support/client';
import { IndexUnderTest } from '../support/index-under-test';

describe('import', () => {
  let index: IndexUnderTest;
  let alice: Actor;
  beforeAll(async () => {
    index = await IndexUnderTest.start();
    alice = await index.signUp('alice');
  });
  afterAll(() => index.stop());

  const run = (rows: readonly unknown[]): Promise<ImportSummary> =>
    index.app
      .get(ImportService, { strict: false })
      .run(inChunks(rows.map((row) => (typeof row === 'string' ? row : JSON.stringify(row))).join('\n')), {
        actor: { name: ':cli' },
      });
  const counts = ({ errors: _errors, ...rest }: ImportSummary) => rest;
  const none = { rows: 0, added: 0, changed: 0, unchanged: 0, repeated: 0, invalid: 0 };
  const read = async (path: string) => (await alice.get(`/api/v1/repositories/${path}`)).json;

  const rows = [
    { namespace: 'library', name: 'redis', description: 'In-memory store.', star_count: 12, pull_count: 10 ** 12,
      is_official: true, is_automated: false, sources: ['x'] },
    { namespace: 'acme', name: 'web', description: '  two\nlines ', star_count: 3, pull_count: null, is_automated: true },
    { namespace: 'acme', name: 'db', description: null, star_count: null, pull_count: 7 },
    { namespace: 'admin', name: 'tool' },
    { name: 'busybox', is_official: true },
  ]; // prettier-ignore

  it('creates repositories and namespaces without owners', async () => {
    assert.deepEqual(counts(await run(rows)), { ...none, rows: 5, added: 5 });
    const web = await read('acme/web');
    assert.deepEqual(
      [web.description, web.stars, web.pulls, web.automated, web.official, web.registry],
      ['two lines', 3, 0, true, false, null],
    );
    const redis = await read('library/redis');
    assert.deepEqual([redis.full_name, redis.official, redis.pulls], ['redis', true, 10 ** 12]);
    assert.equal((await read('library/busybox')).official, true);
    const response = await index.anonymous.post('/api/v1/users', {
      username: 'acme',
      email: 'x@example.org',
      password: 'correct horse staple',
    });
    assert.deepEqual([response.status, response.json.errors[0].code], [409, 'NAME_TAKEN']);
  });

  it('changes only what differs when it runs again', async () => {
    assert.deepEqual(counts(await run(rows)), { ...none, rows: 5, unchanged: 5 });
    const [before] = await versions('acme/db');
    const next = [{ ...rows[1], star_count: 4 }, rows[2], { ...rows[3], description: 'A tool.' }];
    assert.deepEqual(counts(await run(next)), { ...none, rows: 3, changed: 2, unchanged: 1 });
    assert.equal((await read('acme/web')).stars, 4);
    assert.deepEqual(await versions('acme/db'), [before], 'an unchanged row is not written');
    assert.deepEqual(counts(await run([{ namespace: 'acme', name: 'web' }])), {
      ...none,
      rows: 1,
      unchanged: 1,
    });
    assert.equal(
      (await read('acme/web')).description,
      'two lines',
      'missing fields keep their stored values',
    );
  });

  it('keeps the texts of owned namespaces, and adds the imported counts', async () => {
    await alice.post('/api/v1/namespaces/alice/repositories', {
      name: 'app',
      description: 'Mine.',
      visibility: 'private',
    });
    await alice.put('/api/v1/repositories/alice/app/star');
    const row = {
      namespace: 'alice',
      name: 'app',
      description: 'Theirs.',
      star_count: 5,
      pull_count: 9,
      is_automated: true,
    };
    assert.equal((await run([row])).changed, 1);
    const app = await read('alice/app');
    assert.deepEqual(
      [app.description, app.stars, app.pulls, app.automated, app.visibility],
      ['Mine.', 6, 9, false, 'private'],
    );
    assert.equal((await run([row])).unchanged, 1);
    await index.app.get(NamespacesService, { strict: false }).assign('acme', 'alice', { name: ':cli' });
    await alice.patch('/api/v1/repositories/acme/web', { description: 'Now mine.' });
    await run(rows);
    assert.equal((await read('acme/web')).description, 'Now mine.');
  });

  it('restores no deleted repository', async () => {
    await alice.delete('/api/v1/repositories/acme/db');
    assert.deepEqual(counts(await run([rows[2]])), { ...none, rows: 1, unchanged: 1 });
    assert.equal((await alice.get('/api/v1/repositories/acme/db')).status, 404);
  });

  it('counts and lists invalid rows and repeated names, and imports the rest', async () => {
    const summary = await run([
      'no json', '[]', '7', 'null', '', { namespace: 'UPPER', name: 'x' }, { namespace: 'a/b', name: 'x' },
      { namespace: 'ok', name: '../x' }, { namespace: 'x', name: 'short' }, { name: 'noname' }, { namespace: 'ok', name: 7 },
      { namespace: 'ok', name: 'x', star_count: -1 }, { namespace: 'ok', name: 'x', star_count: 1.5 },
      { namespace: 'ok', name: 'x', star_count: 2 ** 31 }, { namespace: 'ok', name: 'x', pull_count: '7' },
      { namespace: 'ok', name: 'x', description: 'nul\0' }, { namespace: 'ok', name: 'x', description: 'x'.repeat(2001) },
      { namespace: 'ok', name: 'x', description: ['x'] }, { namespace: 'acme', name: 'x', is_official: true },
      `{"namespace": "ok", "name": "${'x'.repeat(70_000)}"}`,
      { namespace: 'ok', name: 'fine' }, { namespace: 'ok', name: 'fine', star_count: 9 },
    ]); // prettier-ignore
    assert.deepEqual(counts(summary), { ...none, rows: 21, added: 1, repeated: 1, invalid: 19 });
    assert.deepEqual(summary.errors.map(({ line }) => line), [1, 2, 3, 4, ...Array.from({ length: 15 }, (_, n) => n + 6)]); // prettier-ignore
    assert.equal((await read('ok/fine')).stars, 0);
  });

  it('has the same outcome for two concurrent imports', async () => {
    const rowsOfMany = Array.from({ length: 3_000 }, (_, n) => ({
      namespace: `n${n % 50}`,
      name: `r${n}`,
      star_count: n,
    }));
    const both = await Promise.all([run(rowsOfMany), run([...rowsOfMany].reverse())]);
    assert.equal(both[0].added + both[1].added, 3_000);
    assert.equal(both[0].unchanged + both[1].unchanged, 3_000);
  });

  it('makes public repositories with images searchable', async () => {
    const searchable = await index.app.get(SearchableRepositories, { strict: false }).listAfter('0', 10_000);
    const redis = searchable.find(({ name }) => name === 'redis');
    assert.deepEqual(
      [redis?.namespace, redis?.official, redis?.private, redis?.stars],
      ['library', true, false, 12],
    );
    assert.ok(!searchable.some(({ namespace, name }) => namespace === 'alice' && name === 'app'));
    assert.ok(!searchable.some(({ name }) => name === 'db'));
  });

  function versions(path: string): Promise<{ version: string }[]> {
    return index.app
      .get(Database, { strict: false })
      .query(sql('select version from repository where path = $1'), [path]);
  }
});

// In small chunks, which split lines and multi-byte characters.
async function* inChunks(text: string): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let offset = 0; offset < bytes.length; offset += 4_099) yield bytes.subarray(offset, offset + 4_099);
}
