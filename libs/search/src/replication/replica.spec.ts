import assert from 'node:assert/strict';
import { afterAll, afterEach, beforeAll, describe, it } from '@jest/globals';
import { eventually } from '../../../../test/support/eventually';
import { FakeMeilisearch } from '../../../../test/support/fake-meilisearch';
import { MeilisearchFailure } from '../meilisearch/failure';
import { liveIndex } from '../meilisearch/document';
import { ReplicaThrottle } from './replica-throttle';
import { ReplicaFixture } from '../../../../test/contracts/replica-fixture';
import { PostgresEngine } from '../postgres/postgres.engine';
import { popularity } from '../ranking/weights';

describe('the replica in Meilisearch', () => {
  let meilisearch: FakeMeilisearch;
  let world: ReplicaFixture;
  let engine: PostgresEngine;
  beforeAll(async () => {
    meilisearch = await FakeMeilisearch.start();
    world = await ReplicaFixture.open(meilisearch);
    engine = new PostgresEngine(world.database);
    await world.replica.round();
  });
  afterAll(() => world.close());
  afterEach(async () => {
    meilisearch.failure = undefined;
    meilisearch.invalidIds.clear();
    meilisearch.taskDurationMs = 0;
    await world.database.rows('delete from search_document');
    await world.database.rows('update search_outbox set retry_at = null');
    await settled();
    assert.deepEqual(meilisearch.ids(liveIndex), []);
  });

  const waiting = async (): Promise<number> => (await world.outbox.state()).pending;
  const settled = () =>
    eventually(async () => {
      await world.replica.round();
      assert.equal(await waiting(), 0);
    });
  const put = async (ids: readonly string[], description = '', isPrivate = false): Promise<void> => {
    const facts = { stars: 0, pulls: 0, official: false, description };
    await engine.put(
      ids.map((id) => ({
        ...facts,
        id,
        namespace: 'alice',
        name: `r${id}`,
        automated: false,
        private: isPrivate,
        popularity: popularity({ ...facts, uniquePulls: 0 }),
        updatedAt: new Date('2026-01-01T00:00:00Z'),
        version: 1,
      })),
    );
  };
  const numbers = (ids: readonly string[]): number[] => ids.map(Number);

  it('believes nothing before its task has succeeded', async () => {
    const ids = await world.repositories(3);
    await put(ids);
    meilisearch.failure = 'task fails';
    await world.replica.round();
    await world.replica.round();
    assert.equal(await waiting(), 3);
    meilisearch.failure = undefined;
    await settled();
    assert.deepEqual(meilisearch.ids(liveIndex), numbers(ids));
  });

  it('sends again what a task was lost of', async () => {
    const ids = await world.repositories(2);
    meilisearch.failure = 'loses tasks';
    await put(ids);
    await world.replica.round();
    await world.replica.round();
    assert.equal(await waiting(), 2);
    meilisearch.failure = undefined;
    await settled();
  });

  it('isolates the one document that is refused, lets the others through, and says so', async () => {
    const ids = await world.repositories(250);
    const bad = ids[123]!;
    meilisearch.invalidIds.add(Number(bad));
    await put(ids);
    await eventually(async () => {
      await world.replica.round();
      assert.deepEqual(
        await world.outbox.state().then(({ pending, rejected }) => [pending, rejected]),
        [1, 1],
      );
    });
    assert.deepEqual(meilisearch.ids(liveIndex), numbers(ids.filter((id) => id !== bad)));
    const [note] = await world.database.rows<{ error: string }>('select error from search_outbox');
    assert.match(note!.error, /invalid_document_id/);
    // A change may have mended it: it is tried at once.
    meilisearch.invalidIds.clear();
    await put([bad], 'better now');
    await settled();
    assert.deepEqual(meilisearch.ids(liveIndex), numbers(ids));
  });

  it('keeps what changed while its task ran, and sends the change', async () => {
    const [id] = (await world.repositories(1)) as [string];
    await put([id]);
    const [sent] = await world.outbox.next(10);
    await world.outbox.sent(999_999, [sent!]);
    await put([id], 'changed meanwhile');
    await world.outbox.confirm(999_999);
    assert.equal(await waiting(), 1);
    await settled();
    assert.deepEqual(await world.replica.check(false), { missing: [], stale: [], orphaned: [] });
  });

  it('is not told of what it does not hold, such as a pull', async () => {
    const [id] = (await world.repositories(1)) as [string];
    await put([id], 'one two');
    await settled();
    await world.database.rows(
      `update search_document set pulls = 9, version = 2, updated_at = now(), description = 'One, two!'`,
    );
    assert.equal(await waiting(), 0);
    assert.deepEqual(await world.replica.check(false), { missing: [], stale: [], orphaned: [] });
    await world.database.rows('update search_document set stars = 1');
    assert.equal(await waiting(), 1);
  });

  it('sends what commits late, however its number compares', async () => {
    const [early, late] = (await world.repositories(2)) as [string, string];
    await world.database.transaction(async (manager) => {
      await manager.query('insert into search_outbox (repository_id, change) values ($1, $2)', [late, 1]);
      await put([early]);
      await settled();
    });
    assert.equal(await waiting(), 1);
    await settled();
  });

  it('lets the engine rest after it was busy for long, unless much is waiting', async () => {
    let now = 0;
    const pace = new ReplicaThrottle(() => now);
    const ids = await world.repositories(600);
    const round = async (seconds: number): Promise<number> => {
      now += seconds * 1000;
      await world.replica.round(pace);
      return waiting();
    };
    meilisearch.taskDurationMs = 2000;
    await put(ids.slice(0, 1));
    await round(0);
    assert.equal(await round(0), 0);
    await put(ids.slice(1, 2));
    assert.deepEqual([await round(0), await round(4), await round(3.9)], [1, 1, 1]);
    assert.deepEqual([await round(0.1), await round(0)], [1, 0]);
    await put(ids.slice(0, 600), 'changed');
    assert.deepEqual([await round(0), await round(0)], [600, 0]);
  });

  it('never sends what is private, and takes out what becomes so or goes', async () => {
    const [one, two, three] = (await world.repositories(3)) as [string, string, string];
    await put([one], '', true);
    await put([two, three]);
    await settled();
    assert.deepEqual(meilisearch.ids(liveIndex), numbers([two, three]));
    await put([two], '', true);
    await engine.remove([three]);
    await settled();
    assert.deepEqual(meilisearch.ids(liveIndex), []);
  });

  it('says that a disk is full, without the path that it was told', async () => {
    const ids = await world.repositories(1);
    await put(ids);
    meilisearch.failure = 'disk full';
    await assert.rejects(world.replica.round(), (error: unknown) => {
      assert.ok(error instanceof MeilisearchFailure && error.kind === 'diskFull', String(error));
      assert.doesNotMatch(error.message, /secret/);
      return true;
    });
    meilisearch.failure = undefined;
    await settled();
  });

  it('keeps what was written during a rebuild, in the old index and in the new one', async () => {
    const ids = await world.repositories(40);
    await put(ids.slice(0, 30));
    await settled();
    const rebuilding = world.replica.rebuild();
    await put(ids.slice(20), 'written meanwhile');
    await engine.remove(ids.slice(0, 5));
    await rebuilding;
    await settled();
    assert.deepEqual(meilisearch.ids(liveIndex), numbers(ids.slice(5)));
    assert.deepEqual(await world.replica.check(false), { missing: [], stale: [], orphaned: [] });
  });

  it('ends a rebuild although there is always something new', async () => {
    const ids = await world.repositories(400);
    await put(ids.slice(0, 20));
    await settled();
    let [hasEnded, made] = [false, 20];
    const making = (async () => {
      for (; !hasEnded && made < ids.length; made += 1) await put([ids[made]!]);
    })();
    await world.replica.rebuild();
    hasEnded = true;
    await making;
    assert.ok(made < ids.length, 'it ended only when nothing new came');
    await settled();
    assert.deepEqual(meilisearch.ids(liveIndex), numbers(ids.slice(0, made)));
  });

  it('takes up a rebuild that was broken off', async () => {
    const ids = await world.repositories(20);
    await put(ids);
    await settled();
    meilisearch.failure = 'task fails';
    await assert.rejects(world.replica.rebuild());
    meilisearch.failure = undefined;
    await put(ids.slice(0, 3), 'after the break');
    await settled();
    assert.deepEqual(meilisearch.ids(liveIndex), numbers(ids));
    assert.deepEqual(await world.replica.check(false), { missing: [], stale: [], orphaned: [] });
  });

  it('has one writer at a time', async () => {
    let running = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      most = Math.max(most, (running += 1));
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
    };
    await Promise.all(Array.from({ length: 3 }, () => world.states.withWriterLock(work, { wait: true })));
    assert.equal(most, 1);
  });
});
