import assert from 'node:assert/strict';
import { afterAll, afterEach, beforeAll, describe, it } from '@jest/globals';
import { imageOf } from '../../../test/support/images';
import { RegistryUser } from '../../../test/support/registry-user';
import { RegistryFixture } from '../../../test/support/registry-fixture';

describe('a repository that changes whenever its registry is asked', () => {
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

  let turn: Promise<void> = Promise.resolve();
  const change = (): void => {
    changes = 0;
    at.fake.beforeResponse = (path) => (path.includes('/alice/busy/') ? (turn = turn.then(touch)) : turn);
    const touch = async (): Promise<void> => {
      // Unless somebody has it locked: who asks meanwhile must not wait for the answer, and we not for him.
      const { rowCount } = await at.sql.query(
        `update repository set updated_at = clock_timestamp()
          where id in (select id from repository where path = 'alice/busy' for update skip locked)`,
      );
      changes += rowCount ?? 0;
    };
  };

  it('is reconciled all the same', async () => {
    at.fake.fill('alice/busy', imageOf('one'), ['v1', 'v2', 'v3']);
    change();
    const reconcile = await at.reconcile();
    assert.equal(reconcile.error, null);
    assert.ok(changes > 3, `it changed ${changes} times`);
    assert.deepEqual(await at.contents('alice/busy'), at.fake.contents('alice/busy'));
  });

  it('has its reports applied', async () => {
    at.fake.drainEvents();
    await alice.push('alice/busy', imageOf('two'), 'v1');
    await alice.push('alice/busy', imageOf('three'), 'v4');
    await alice.delete('alice/busy', 'v2');
    change();
    await at.deliverAndApply();
    assert.ok(changes > 3, `it changed ${changes} times`);
    assert.deepEqual((await at.contents('alice/busy')).tags, at.fake.contents('alice/busy').tags);
    assert.deepEqual(Object.keys(at.fake.contents('alice/busy').tags), ['v1', 'v3', 'v4']);
    assert.deepEqual(await at.eventCounts(), { applied: (await at.eventCounts()).applied });
  });

  it('loses what is gone', async () => {
    await alice.delete('alice/busy', imageOf('three').digest);
    at.fake.drainEvents();
    assert.equal((await at.reconcile()).missing, 1);
    change();
    const { deleted, missing } = await at.reconcile();
    assert.deepEqual([deleted, missing], [1, 0]);
    assert.ok(changes > 3, `it changed ${changes} times`);
    assert.deepEqual(await at.contents('alice/busy'), at.fake.contents('alice/busy'));
  });
});
