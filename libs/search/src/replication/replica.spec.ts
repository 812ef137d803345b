import { sql } from '@central-index/platform/database';
import assert from 'node:assert/strict';
import { afterAll, afterEach, beforeAll, describe, it } from '@jest/globals';
import { eventually } from '../../../../test/support/eventually';
import { FakeMeilisearch } from '../../../../test/support/fake-meilisearch';
import { masterKey } from '../../../../test/support/meilisearch-server';
import { MeilisearchFailure } from '../meilisearch/failure';
import { MeilisearchClient } from '../meilisearch/client';
import { buildingIndex, liveIndex } from '../meilisearch/document';
import { putGenerationMarker, recreateIndex, waitForTask } from '../meilisearch/index-setup';
import { ReplicaThrottle } from './replica-throttle';
import { ReplicaFixture } from '../../../../test/contracts/replica-fixture';
import { PostgresEngine } from '../postgres/postgres.engine';
import { popularity } from '../ranking/weights';

describe('the replica in Meilisearch', () => {
  let meilisearch: FakeMeilisearch;
  let fixture: ReplicaFixture;
  let engine: PostgresEngine;
  beforeAll(async () => {
    meilisearch = await FakeMeilisearch.start();
    fixture = await ReplicaFixture.open(meilisearch);
    engine = new PostgresEngine(fixture.database);
    await fixture.replica.round();
  });
  afterAll(() => fixture.close());
  afterEach(async () => {
    meilisearch.failure = undefined;
    meilisearch.invalidIds.clear();
    meilisearch.taskDurationMs = 0;
    await fixture.database.query(sql('delete from search_document'));
    await fixture.database.query(sql('update search_outbox set retry_at = null'));
    await settled();
    assert.deepEqual(meilisearch.ids(liveIndex), []);
  });

  const pending = async (): Promise<number> => (await fixture.outbox.state()).pending;
  const settled = () =>
    eventually(async () => {
      await fixture.replica.round();
      assert.equal(await pending(), 0);
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
        kinds: [],
        platforms: [],
        private: isPrivate,
        popularity: popularity({ ...facts, uniquePulls: 0 }),
        imageText: '',
        updatedAt: new Date('2026-01-01T00:00:00Z'),
        pushedAt: null,
        version: 1,
      })),
    );
  };
  const numbers = (ids: readonly string[]): number[] => ids.map(Number);
  const fields = (id: number) => ({ id, namespace: 'alice', hash: 'of another version' });

  it('keeps documents pending until their task has succeeded', async () => {
    const ids = await fixture.repositories(3);
    await put(ids);
    meilisearch.failure = 'task fails';
    await fixture.replica.round();
    await fixture.replica.round();
    assert.equal(await pending(), 3);
    meilisearch.failure = undefined;
    await settled();
    assert.deepEqual(meilisearch.ids(liveIndex), numbers(ids));
  });

  it('sends the documents of a lost task again', async () => {
    const ids = await fixture.repositories(2);
    meilisearch.failure = 'loses tasks';
    await put(ids);
    await fixture.replica.round();
    await fixture.replica.round();
    assert.equal(await pending(), 2);
    meilisearch.failure = undefined;
    await settled();
  });

  it('isolates the document that is rejected, sends the others, and stores the error', async () => {
    const ids = await fixture.repositories(250);
    const bad = ids[123]!;
    meilisearch.invalidIds.add(Number(bad));
    await put(ids);
    await eventually(async () => {
      await fixture.replica.round();
      assert.deepEqual(
        await fixture.outbox.state().then(({ pending, rejected }) => [pending, rejected]),
        [1, 1],
      );
    });
    assert.deepEqual(meilisearch.ids(liveIndex), numbers(ids.filter((id) => id !== bad)));
    const [row] = await fixture.database.query(sql<{ error: string }>('select error from search_outbox'));
    assert.match(row!.error, /invalid_document_id/);
    // A change may have corrected it, so it is retried without delay.
    meilisearch.invalidIds.clear();
    await put([bad], 'better now');
    await settled();
    assert.deepEqual(meilisearch.ids(liveIndex), numbers(ids));
  });

  it('sends a document again that changed while its task ran', async () => {
    const [id] = (await fixture.repositories(1)) as [string];
    await put([id]);
    const [sent] = await fixture.outbox.unsent(10);
    await fixture.outbox.recordSent(999_999, [sent!]);
    await put([id], 'changed meanwhile');
    await fixture.outbox.confirm(999_999);
    assert.equal(await pending(), 1);
    await settled();
    assert.deepEqual(await fixture.replica.check(false), { missing: [], stale: [], orphaned: [] });
  });

  it('records no change of fields that it does not store, such as pulls', async () => {
    const [id] = (await fixture.repositories(1)) as [string];
    await put([id], 'one two');
    await settled();
    await fixture.database.query(
      sql(`update search_document set pulls = 9, version = 2, updated_at = now(), description = 'One, two!'`),
    );
    assert.equal(await pending(), 0);
    assert.deepEqual(await fixture.replica.check(false), { missing: [], stale: [], orphaned: [] });
    await fixture.database.query(sql('update search_document set stars = 1'));
    assert.equal(await pending(), 1);
  });

  it('sends a change that commits after changes with higher numbers', async () => {
    const [early, late] = (await fixture.repositories(2)) as [string, string];
    await fixture.database.transaction(async (manager) => {
      await manager.query('insert into search_outbox (repository_id, change) values ($1, $2)', [late, 1]);
      await put([early]);
      await settled();
    });
    assert.equal(await pending(), 1);
    await settled();
  });

  it('leaves the engine idle after it was busy, unless many documents are pending', async () => {
    let now = 0;
    const throttle = new ReplicaThrottle(() => now);
    const ids = await fixture.repositories(600);
    const round = async (seconds: number): Promise<number> => {
      now += seconds * 1000;
      await fixture.replica.round(throttle);
      return pending();
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

  it('never sends private documents, and removes those that become private or are deleted', async () => {
    const [one, two, three] = (await fixture.repositories(3)) as [string, string, string];
    await put([one], '', true);
    await put([two, three]);
    await settled();
    assert.deepEqual(meilisearch.ids(liveIndex), numbers([two, three]));
    await put([two], '', true);
    await engine.remove([three]);
    await settled();
    assert.deepEqual(meilisearch.ids(liveIndex), []);
  });

  it('reports that a disk is full, without the path in the response', async () => {
    const ids = await fixture.repositories(1);
    await put(ids);
    meilisearch.failure = 'disk full';
    await assert.rejects(fixture.replica.round(), (error: unknown) => {
      assert.ok(error instanceof MeilisearchFailure && error.kind === 'diskFull', String(error));
      assert.doesNotMatch(error.message, /secret/);
      return true;
    });
    meilisearch.failure = undefined;
    await settled();
  });

  it('keeps changes during a rebuild, whether they were sent to the old index or not', async () => {
    const ids = await fixture.repositories(40);
    await put(ids.slice(0, 30));
    await settled();
    const rebuilding = fixture.replica.rebuild();
    await put(ids.slice(20), 'written meanwhile');
    await engine.remove(ids.slice(0, 5));
    await rebuilding;
    await settled();
    assert.deepEqual(meilisearch.ids(liveIndex), numbers(ids.slice(5)));
    assert.deepEqual(await fixture.replica.check(false), { missing: [], stale: [], orphaned: [] });
  });

  it('ends a rebuild although documents are added all the time', async () => {
    const ids = await fixture.repositories(400);
    await put(ids.slice(0, 20));
    await settled();
    let [hasEnded, added] = [false, 20];
    const adding = (async () => {
      for (; !hasEnded && added < ids.length; added += 1) await put([ids[added]!]);
    })();
    await fixture.replica.rebuild();
    hasEnded = true;
    await adding;
    assert.ok(added < ids.length, 'it ended only when no more documents were added');
    await settled();
    assert.deepEqual(meilisearch.ids(liveIndex), numbers(ids.slice(0, added)));
  });

  it('continues a killed rebuild with the documents that the new index lacks', async () => {
    const ids = await fixture.repositories(20);
    await put(ids);
    await settled();
    const client = new MeilisearchClient(meilisearch.url, masterKey);
    await recreateIndex(client, buildingIndex);
    await putGenerationMarker(client, buildingIndex, 'half-built');
    await waitForTask(client, await client.put(buildingIndex, numbers(ids.slice(0, 8)).map(fields)));
    await fixture.states.recordBuilt('half-built', ids[7]!);
    const drift = await fixture.states.drift();
    await fixture.replica.round();
    assert.equal((await fixture.states.open()).generation, 'half-built');
    assert.deepEqual(meilisearch.ids(liveIndex), numbers(ids));
    // The first 8 were not sent again: the check in the same round has found them stale.
    assert.equal(await fixture.states.drift(), drift + 8);
    await settled();
  });

  it('compares slices when nothing is to be sent, and repairs what differs', async () => {
    const ids = await fixture.repositories(5);
    await put(ids);
    await settled();
    const client = new MeilisearchClient(meilisearch.url, masterKey);
    await waitForTask(client, await client.remove(liveIndex, numbers(ids.slice(0, 1))));
    await waitForTask(client, await client.put(liveIndex, numbers(ids.slice(1, 2)).map(fields)));
    const drift = await fixture.states.drift();
    await fixture.replica.round();
    assert.equal(await fixture.states.drift(), drift + 2);
    await settled();
    assert.deepEqual(await fixture.replica.check(false), { missing: [], stale: [], orphaned: [] });
  });

  it('repeats an interrupted rebuild', async () => {
    const ids = await fixture.repositories(20);
    await put(ids);
    await settled();
    meilisearch.failure = 'task fails';
    await assert.rejects(fixture.replica.rebuild());
    meilisearch.failure = undefined;
    await put(ids.slice(0, 3), 'after the interruption');
    await settled();
    assert.deepEqual(meilisearch.ids(liveIndex), numbers(ids));
    assert.deepEqual(await fixture.replica.check(false), { missing: [], stale: [], orphaned: [] });
  });

  it('has one writer at a time', async () => {
    let running = 0;
    let maxRunning = 0;
    const work = async (): Promise<void> => {
      maxRunning = Math.max(maxRunning, (running += 1));
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
    };
    await Promise.all(Array.from({ length: 3 }, () => fixture.states.withWriterLock(work, { wait: true })));
    assert.equal(maxRunning, 1);
  });
});
