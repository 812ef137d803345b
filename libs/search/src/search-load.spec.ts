import { Database, sql } from '@central-index/platform/database';
import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import type { Actor } from '../../../test/support/client';
import { eventually } from '../../../test/support/eventually';
import { importRepositories } from '../../../test/support/import-fixture';
import { IndexUnderTest } from '../../../test/support/index-under-test';
import { postingsMismatch } from '../../../test/support/postings-mismatch';
import { SearchMaintenance } from './maintenance/search-maintenance.service';

const names = ['one', 'two', 'three', 'four', 'five'];
const changes = 600;
const concurrency = 12;

describe('many concurrent changes of the same repositories', () => {
  let index: IndexUnderTest;
  let second: IndexUnderTest;
  let alice: Actor;
  beforeAll(async () => {
    index = await IndexUnderTest.start();
    // Two workers process the fact outbox.
    second = await IndexUnderTest.start({}, index.database);
    alice = await index.signUp('alice');
    await importRepositories(
      index,
      names.map((name) => ({ namespace: 'alice', name, description: 'calm' })),
    );
  });
  afterAll(async () => {
    await second.stop();
    await index.stop();
  });

  const change = async (n: number): Promise<void> => {
    const path = `/api/v1/repositories/alice/${names[n % names.length]!}`;
    const kind = Math.floor(n / names.length) % 4;
    const response =
      kind === 0
        ? await alice.patch(path, { description: `draft ${n} of the text` })
        : kind === 1
          ? await alice.put(`${path}/star`)
          : kind === 2
            ? await alice.patch(path, { visibility: Math.floor(n / 20) % 2 === 0 ? 'private' : 'public' })
            : await alice.delete(`${path}/star`);
    assert.ok(response.status < 300, response.text);
  };

  it('leaves documents and postings up to date, and no fact pending', async () => {
    const database = index.app.get(Database, { strict: false });
    let next = 0;
    await Promise.all(
      Array.from({ length: concurrency }, async () => {
        for (let n = next++; n < changes; n = next++) await change(n);
      }),
    );
    for (const name of names) {
      const last = { description: `final text ${name}`, visibility: 'public' };
      assert.equal((await alice.patch(`/api/v1/repositories/alice/${name}`, last)).status, 200);
      assert.equal((await alice.put(`/api/v1/repositories/alice/${name}/star`)).status, 204);
    }
    const respondedAt = performance.now();
    await eventually(async () => {
      const { json } = await index.anonymous.get('/v1/search?q=final%20text&n=25');
      assert.equal(json.num_results, names.length);
    });
    const took = performance.now() - respondedAt;
    assert.ok(took < 1_000, `found after ${took.toFixed(0)} ms`);
    await eventually(async () =>
      assert.deepEqual(await database.query(sql('select type from fact_outbox')), []),
    );
    const { documents } = await index.app.get(SearchMaintenance, { strict: false }).check(false);
    assert.deepEqual(documents, { missing: [], stale: [], orphaned: [] });
    assert.deepEqual(await database.query(sql(postingsMismatch)), []);
    const { json } = await index.anonymous.get('/v1/search?q=draft&n=25');
    assert.equal(json.num_results, 0);
    const counted = `select path from repository where stars <> (select count(*) from star where repository_id = id)`;
    assert.deepEqual(await database.query(sql(counted)), []);
  });
});
