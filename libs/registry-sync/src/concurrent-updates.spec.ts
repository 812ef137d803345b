import assert from 'node:assert/strict';
import { afterAll, afterEach, beforeAll, describe, it } from '@jest/globals';
import { imageOf } from '../../../test/support/images';
import { RegistryUser } from '../../../test/support/registry-user';
import { RegistryFixture } from '../../../test/support/registry-fixture';

describe('a repository that changes during every request to its registry', () => {
  let at: RegistryFixture;
  let alice: RegistryUser;
  let changes = 0;
  beforeAll(async () => {
    at = await RegistryFixture.start('3.x');
    alice = new RegistryUser(at.fake.url, 'alice');
    for (const path of ['alice/busy', 'alice/calm']) await at.place(path);
    await alice.push('alice/calm', imageOf('calm'), 'v1');
  });
  afterAll(() => at.stop());
  afterEach(() => {
    at.fake.beforeResponse = () => Promise.resolve();
  });

  let updates: Promise<void> = Promise.resolve();
  /** From now on, each request for the repository updates its row before the response. */
  const startChanging = (): void => {
    changes = 0;
    at.fake.beforeResponse = (path) =>
      path.includes('/alice/busy/') ? (updates = updates.then(touch)) : updates;
    const touch = async (): Promise<void> => {
      // Skips a row that is locked: its transaction waits for this response, so waiting for the lock would deadlock.
      const { rowCount } = await at.sql.query(
        `update repository set updated_at = clock_timestamp()
          where id in (select id from repository where path = 'alice/busy' for update skip locked)`,
      );
      changes += rowCount ?? 0;
    };
  };

  it('is reconciled', async () => {
    at.fake.fill('alice/busy', imageOf('one'), ['v1', 'v2', 'v3']);
    startChanging();
    const reconcile = await at.reconcile();
    assert.equal(reconcile.error, null);
    assert.ok(changes > 3, `it changed ${changes} times`);
    assert.deepEqual(await at.contents('alice/busy'), at.fake.contents('alice/busy'));
  });

  it('has its events applied', async () => {
    at.fake.drainEvents();
    await alice.push('alice/busy', imageOf('two'), 'v1');
    await alice.push('alice/busy', imageOf('three'), 'v4');
    await alice.delete('alice/busy', 'v2');
    startChanging();
    await at.deliverAndApply();
    assert.ok(changes > 3, `it changed ${changes} times`);
    assert.deepEqual((await at.contents('alice/busy')).tags, at.fake.contents('alice/busy').tags);
    assert.deepEqual(Object.keys(at.fake.contents('alice/busy').tags), ['v1', 'v3', 'v4']);
    assert.deepEqual(await at.eventCounts(), { applied: (await at.eventCounts()).applied });
  });

  it('loses deleted tags', async () => {
    await alice.delete('alice/busy', imageOf('three').digest);
    at.fake.drainEvents();
    assert.equal((await at.reconcile()).missing, 1);
    startChanging();
    const { deleted, missing } = await at.reconcile();
    assert.deepEqual([deleted, missing], [1, 0]);
    assert.ok(changes > 3, `it changed ${changes} times`);
    assert.deepEqual(await at.contents('alice/busy'), at.fake.contents('alice/busy'));
  });
});
