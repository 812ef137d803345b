import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { Client } from 'pg';
import type { Actor } from '../support/client';
import { IndexUnderTest } from '../support/index-under-test';
import { digestOf, insertPushedTags } from '../support/push-fixture';

describe('pull counts and tag history', () => {
  let index: IndexUnderTest;
  let alice: Actor;
  let sql: Client;
  const route = '/api/v1/repositories/alice/app';
  beforeAll(async () => {
    index = await IndexUnderTest.start();
    alice = await index.signUp('alice');
    sql = new Client({ connectionString: index.database.url });
    await sql.connect();
    await alice.post('/api/v1/namespaces/alice/repositories', { name: 'app' });
    await insertPushedTags(index, 'alice/app', ['v1'], 'alice');
  });
  afterAll(async () => {
    await sql.end();
    await index.stop();
  });

  it('are reported by day and tag, with both ends of the period included', async () => {
    const counts = [
      ['2026-01-01', 'v1', 5],
      ['2026-01-02', 'v1', 2],
      ['2026-01-02', 'v2', 7],
      ['2026-01-02', digestOf('x'), 1],
      ['2026-01-02', 'gone', 0],
      ['2026-01-04', 'v1', 3],
    ];
    for (const [day, reference, pulls] of counts) {
      await sql.query(
        `insert into pull_count select id, $1, $2, $3 from repository where path = 'alice/app'`,
        [day, reference, pulls],
      );
    }
    const { status, json } = await index.anonymous.get(`${route}/pulls?from=2026-01-02&to=2026-01-04`);
    assert.equal(status, 200);
    assert.deepEqual(json, {
      from: '2026-01-02',
      to: '2026-01-04',
      pulls: 13,
      days: [
        {
          day: '2026-01-02',
          pulls: 10,
          tags: [
            { name: 'v2', pulls: 7 },
            { name: 'v1', pulls: 2 },
          ],
          by_digest: 1,
        },
        { day: '2026-01-04', pulls: 3, tags: [{ name: 'v1', pulls: 3 }], by_digest: 0 },
      ],
    });
  });

  it('cover the last 30 days by default, and at most a year', async () => {
    const { json } = await index.anonymous.get(`${route}/pulls`);
    const days = (Date.parse(json.to) - Date.parse(json.from)) / 86_400_000;
    assert.deepEqual([days, json.pulls, json.days], [29, 0, []]);
    for (const query of [
      'from=2026-01-02&to=2026-01-01',
      'from=2024-01-01&to=2026-01-01',
      'from=x',
      'day=1',
    ]) {
      assert.equal((await index.anonymous.get(`${route}/pulls?${query}`)).status, 400, query);
    }
  });

  it('list the tags that were pulled most, and add up the others', async () => {
    // Of 20,000 references each on three days: half of them tags.
    await sql.query(
      `insert into pull_count select repository.id, '2026-03-01'::date + day,
              case when n % 2 = 0 then 'tag-' || n else 'sha256:' || lpad(n::text, 64, '0') end, n
         from repository, generate_series(6, 8) as day, generate_series(1, 20000) as n where path = 'alice/app'`,
    );
    await sql.query('analyze pull_count');
    const startedAt = performance.now();
    const { status, json, text } = await index.anonymous.get(`${route}/pulls?from=2026-03-01&to=2026-03-31`);
    const ms = performance.now() - startedAt;
    assert.equal(status, 200);
    assert.ok(text.length < 64_000, `${text.length} characters`);
    assert.ok(ms < 3_000, `${ms.toFixed(0)} ms`);
    assert.equal(json.days.length, 3);
    const { tags, ...day } = json.days[1];
    assert.deepEqual(day, {
      day: '2026-03-08',
      pulls: 200_010_000,
      by_digest: 100_000_000,
      other_tags: { tags: 9_975, pulls: 100_010_000 - 25 * 19_976 },
    });
    assert.deepEqual(
      tags.map(({ pulls }: { pulls: number }) => pulls),
      Array.from({ length: 25 }, (_, n) => 20_000 - 2 * n),
    );
    assert.equal(json.pulls, 3 * 200_010_000);
    const year = await index.anonymous.get(`${route}/pulls?from=2026-01-01&to=2026-12-31`);
    assert.ok(year.text.length < 64_000);
    await sql.query(`delete from pull_count where day >= '2026-03-01'`);
  });

  it('list the digests of a tag in pages, the latest first', async () => {
    await sql.query(
      `insert into tag_history (repository_id, tag, digest, pushed_at, pushed_by_id, reported)
       select repository.id, 'v1', 'sha256:' || repeat(n::text, 64), '2026-01-01'::timestamptz + n * interval '1 hour',
              case when n = 2 then account.id end, true
         from repository, account, generate_series(1, 5) n
        where path = 'alice/app' and account.name = 'alice'`,
    );
    const history: string[] = [];
    let query = '?per_page=2';
    for (;;) {
      const { status, json } = await index.anonymous.get(`${route}/tags/v1/history${query}`);
      assert.equal(status, 200);
      for (const { digest, pushed_at, pushed_by } of json.items) {
        history.push(`${digest[7]} ${pushed_at.slice(0, 16)} ${pushed_by}`);
      }
      if (json.next === null) break;
      query = `?per_page=2&cursor=${json.next}`;
    }
    assert.deepEqual(
      history,
      [5, 4, 3, 2, 1].map((n) => `${n} 2026-01-01T0${n}:00 ${n === 2 ? 'alice' : 'null'}`),
    );
    assert.equal((await index.anonymous.get(`${route}/tags/none/history`)).status, 404);
    assert.equal((await index.anonymous.get(`${route}/tags/v1/history?cursor=forged`)).status, 400);
  });

  it('return 404 to other callers when the repository is private', async () => {
    await alice.patch(route, { visibility: 'private' });
    for (const path of [`${route}/pulls`, `${route}/tags/v1/history`]) {
      assert.equal((await index.anonymous.get(path)).status, 404);
      assert.equal((await alice.get(path)).status, 200);
    }
  });
});
