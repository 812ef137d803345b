import { Database, sql } from '@central-index/platform/database';
import { SearchableRepositories } from '@central-index/repositories';
import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { IndexUnderTest } from '../../../../test/support/index-under-test';
import { PostgresEngine } from '../postgres/postgres.engine';
import type { SearchDocument } from '../engine/search-document';
import { SearchSync } from './search-sync.service';
import { SearchService } from '../search.service';
import { weights } from '../ranking/weights';

/** The PostgreSQL engine, with writes that wait for `beforeWrite`. */
class SlowEngine extends PostgresEngine {
  beforeWrite: () => Promise<void> = () => Promise.resolve();

  override async put(documents: readonly SearchDocument[]): Promise<void> {
    if (documents.length > 0) await this.beforeWrite();
    return super.put(documents);
  }

  override async remove(ids: readonly string[]): Promise<void> {
    if (ids.length > 0) await this.beforeWrite();
    return super.remove(ids);
  }
}

// Rows are written without the services, so that no fact is emitted and only the sync under test runs.
describe('search sync', () => {
  let index: IndexUnderTest;
  let database: Database;
  let repositories: SearchableRepositories;
  let sync: SearchSync;
  let search: SearchService;
  beforeAll(async () => {
    index = await IndexUnderTest.start();
    database = index.app.get(Database, { strict: false });
    repositories = index.app.get(SearchableRepositories, { strict: false });
    const engine = new PostgresEngine(database);
    sync = new SearchSync(engine, repositories);
    search = new SearchService(engine);
  });
  afterAll(() => index.stop());

  const create = async (name: string, columns = `state = 'active', pushed_at = now()`): Promise<string> => {
    const [row] = await database.query(
      sql<{ id: string }>(`insert into repository (namespace_id, path, name, state, official)
       select id, 'library/' || $1::text, $1, 'active', true from namespace where name = 'library' returning id`),
      [name],
    );
    await change(row!.id, columns);
    return row!.id;
  };
  const change = (id: string, columns: string): Promise<unknown> =>
    database.query(sql(`update repository set ${columns} where id = $1`), [id]);
  const isFound = async (name: string): Promise<boolean> => {
    const page = await search.search({ q: name, page: 1, perPage: 5, viewer: { namespaces: [] } });
    return page.items.some((item) => item.name === name);
  };
  const delayed = (): { sync: SearchSync; reached: Promise<void>; proceed: () => void } => {
    const engine = new SlowEngine(database);
    let proceed = (): void => undefined;
    const gate = new Promise<void>((resolve) => (proceed = resolve));
    const reached = new Promise<void>((resolve) => {
      engine.beforeWrite = () => {
        resolve();
        return gate;
      };
    });
    return { sync: new SearchSync(engine, repositories), reached, proceed };
  };

  it('makes searchable repositories found, and no others', async () => {
    const states: [name: string, columns: string, found: boolean][] = [
      ['pushed', `pushed_at = now()`, true],
      ['imported', `imported = true`, true],
      ['imageless', `description = 'text only'`, false],
      ['pending', `state = 'pending', pushed_at = now()`, false],
      ['hidden', `state = 'hidden', pushed_at = now()`, false],
      ['deleted', `state = 'deleted', pushed_at = now()`, false],
      ['private', `visibility = 'private', pushed_at = now()`, false],
    ];
    const ids = [];
    for (const [name, columns] of states) ids.push(await create(name, columns));
    await sync.sync([...ids, ...ids, '987654321']);
    for (const [name, , found] of states) assert.equal(await isFound(name), found, name);
  });

  it('applies every change, also in batches', async () => {
    const id = await create('follower');
    await sync.sync([id]);
    await change(id, `state = 'hidden'`);
    await sync.sync([id]);
    assert.equal(await isFound('follower'), false);
    await change(id, `state = 'active'`);
    await sync.sync([...Array.from({ length: 2_500 }, (_, number) => String(500_000 + number)), id]);
    assert.equal(await isFound('follower'), true);
  });

  it('does not restore a document that was removed while it wrote', async () => {
    const id = await create('ghost');
    const slow = delayed();
    const writing = slow.sync.sync([id]);
    await slow.reached;
    await change(id, `state = 'deleted'`);
    await sync.sync([id]);
    slow.proceed();
    await writing;
    assert.equal(await isFound('ghost'), false);
  });

  it('does not remove a document that was restored while it removed', async () => {
    const id = await create('phoenix');
    await sync.sync([id]);
    await change(id, `state = 'hidden'`);
    const slow = delayed();
    const removing = slow.sync.sync([id]);
    await slow.reached;
    await change(id, `state = 'active'`);
    await sync.sync([id]);
    slow.proceed();
    await removing;
    assert.equal(await isFound('phoenix'), true);
  });

  it('lowers popularity as unique pulls decay, and changes no field that is shown', async () => {
    const id = await create(
      'decaying',
      `state = 'active', pushed_at = now(), pulls = 70000, description = 'x'`,
    );
    // Time passes without a change of the row, so its version stays the same.
    const pulledDaysAgo = (days: number): Promise<unknown> =>
      database.transaction(async (manager) => {
        await manager.query('set local session_replication_role = replica');
        await manager.query(
          `update repository set unique_pulls = 1e6 * power(2, (extract(epoch from
             date_trunc('day', now(), 'UTC') - timestamptz '2026-01-01T00:00:00Z') / 86400 - $2::int) / 90)
           where id = $1`,
          [id, days],
        );
      });
    const popularities: number[] = [];
    for (const days of [0, 1, 90, 180, 2100]) {
      await pulledDaysAgo(days);
      await (days === 0 ? sync.sync([id]) : sync.decay());
      const request = { q: 'decaying', page: 1, perPage: 1, viewer: { namespaces: [] } };
      const { explanation } = await search.explain(request);
      const { popularity, pulls } = explanation.ratings[0]!.document;
      assert.equal(pulls, 70_000);
      popularities.push(popularity);
    }
    const [fresh, ...older] = popularities as [number, ...number[]];
    const decays = older.map((popularity) => Math.round((fresh - popularity) * 100) / 100);
    const full = weights.uniquePulls * Math.log1p(1e6 / weights.fewUniquePulls);
    assert.deepEqual(decays.slice(0, 3), [0, 0.48, 0.98]);
    assert.ok(Math.abs(decays[3]! - full) < 0.05, `${decays[3]} of ${full}`);
  });

  it('seldom rewrites the postings of a popular repository while its stars change', async () => {
    const id = await create('starry', `state = 'active', pushed_at = now(), imported_stars = 10000`);
    let [moves, last] = [0, ''];
    for (let stars = 0; stars < 300; stars++) {
      await change(id, `stars = ${stars}`);
      await sync.sync([id]);
      const [row] = await database.query(
        sql<{
          written: string;
        }>(`select string_agg(distinct posting.xmin::text, ' ') as written from search_document
         join search_posting posting on posting.term = any(terms) and posting.rank_key = search_document.rank_key
         where repository_id = $1`),
        [id],
      );
      if (row!.written !== last) moves += 1;
      last = row!.written;
    }
    assert.ok(moves >= 2 && moves <= 4, `${moves} times`);
  });

  it('adds, corrects and removes documents in a rebuild, while searches find the others', async () => {
    const missing = await create('missing');
    const spoilt = await create('spoilt');
    const orphaned = await create('orphaned');
    await sync.sync([spoilt, orphaned]);
    await database.query(sql(`update search_document set name = 'nonsense' where repository_id = $1`), [
      spoilt,
    ]);
    await change(orphaned, `state = 'hidden'`);
    let rebuilding = true;
    let searches = 0;
    const searching = (async () => {
      while (rebuilding) {
        assert.ok(await isFound('pushed'));
        searches += 1;
      }
    })();
    const progress = await sync.rebuild();
    rebuilding = false;
    await searching;
    assert.ok(searches > 0);
    assert.equal(progress.removed, 1);
    assert.deepEqual(
      await Promise.all(['missing', 'spoilt', 'orphaned', 'nonsense'].map(isFound)),
      [true, true, false, false],
      missing,
    );
    assert.deepEqual((await sync.rebuild()).removed, 0);
  });

  it('ends a rebuild although repositories are created all the time', async () => {
    let created = 0;
    const busy = Object.create(repositories) as SearchableRepositories;
    busy.listAfter = async (after, limit) => {
      if (created < 20) await create(`new-${created++}`);
      return repositories.listAfter(after, limit);
    };
    await new SearchSync(new PostgresEngine(database), busy).rebuild();
    assert.ok(created < 20, 'it ended only when no more repositories were created');
  });
});
