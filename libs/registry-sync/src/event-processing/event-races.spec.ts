import assert from 'node:assert/strict';
import { afterAll, afterEach, beforeAll, describe, it } from '@jest/globals';
import { imageOf } from '../../../../test/support/images';
import { RegistryUser } from '../../../../test/support/registry-user';
import { RegistryFixture } from '../../../../test/support/registry-fixture';

describe('events that are applied while something changes', () => {
  let at: RegistryFixture;
  let alice: RegistryUser;
  beforeAll(async () => {
    at = await RegistryFixture.start('3.x', 2);
    alice = new RegistryUser(at.fake.url, 'alice');
  });
  afterAll(() => at.stop());
  afterEach(() => {
    at.fake.beforeResponse = () => Promise.resolve();
  });

  /** Runs `act` once, when the index has read a manifest and requests a blob. */
  const meanwhile = (act: () => Promise<void>): void => {
    let done = false;
    at.fake.beforeResponse = async (path) => {
      if (done || !path.includes('/blobs/sha256:')) return;
      done = true;
      await act();
    };
  };

  it('never overwrite a newer state with an older response', async () => {
    const path = 'alice/race';
    await at.place(path);
    await alice.push(path, imageOf('old'), 'v1');
    for (const event of at.fake.drainEvents()) await at.deliver([event]);
    meanwhile(async () => {
      await alice.push(path, imageOf('new'), 'v1');
      await at.reconcileAfterOverflow(1);
      assert.equal((await at.contents(path)).tags.v1, imageOf('new').digest);
    });
    await at.apply(0);
    assert.deepEqual(await at.contents(path), at.fake.contents(path));
  });

  it('do not revive a repository that was deleted meanwhile', async () => {
    const path = 'alice/deleted';
    await at.place(path);
    await alice.push(path, imageOf('x'), 'v1');
    for (const event of at.fake.drainEvents()) await at.deliver([event]);
    meanwhile(async () => {
      await at.sql.query(`update repository set state = 'deleted' where path = $1`, [path]);
    });
    await at.apply();
    assert.equal((await at.row(path)).state, 'deleted');
    assert.deepEqual(await at.contents(path), { tags: {}, digests: [] });
    assert.equal((await at.eventCounts())['parked: the repository is no longer placed on this registry'], 1);
  });

  it('are applied once each by three concurrent appliers, without an error', async () => {
    const path = 'alice/crowd';
    await at.place(path);
    await alice.push(path, imageOf('crowd'), 'v1');
    for (let n = 0; n < 40; n += 1) await alice.pull(path, 'v1');
    const events = at.fake.drainEvents();
    await Promise.all([0, 1].flatMap((process) => events.map((event) => at.deliver([event], process))));
    await Promise.all([at.apply(0), at.apply(1), at.apply(0)]);
    assert.equal((await at.row(path)).pulls, '40');
    assert.deepEqual(await at.contents(path), at.fake.contents(path));
  });
});
