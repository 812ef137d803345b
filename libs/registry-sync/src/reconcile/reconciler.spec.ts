import assert from 'node:assert/strict';
import { afterAll, afterEach, beforeAll, describe, it } from '@jest/globals';
import { imageOf } from '../../../../test/support/images';
import { RegistryUser } from '../../../../test/support/registry-user';
import { RegistryFixture } from '../../../../test/support/registry-fixture';

for (const generation of ['2.8', '3.x'] as const) {
  describe(`reconciles of a registry ${generation}`, () => {
    let at: RegistryFixture;
    let alice: RegistryUser;
    beforeAll(async () => {
      at = await RegistryFixture.start(generation);
      alice = new RegistryUser(at.fake.url, 'alice');
    });
    afterEach(() => {
      at.fake.fault = () => undefined;
    });
    afterAll(() => at.stop());

    const push = (path: string, layer: string, ...tags: string[]) => at.fake.fill(path, imageOf(layer), tags);
    const asAtTheRegistry = async (...paths: string[]): Promise<void> => {
      for (const path of paths) {
        assert.deepEqual((await at.contents(path)).tags, at.fake.contents(path).tags, path);
      }
    };
    const grantPush = (path: string, ago: string) =>
      at.sql.query(
        `with pusher as (
           insert into account (name, email, password_hash) values ('pusher', null, 'x')
           on conflict (name) do update set name = excluded.name returning id)
         insert into push_grant (repository_id, account_id, granted_at)
         select repository.id, pusher.id, now() - $2::interval from repository, pusher where path = $1
         on conflict (repository_id, account_id) do update set granted_at = excluded.granted_at`,
        [path, ago],
      );

    it('add at once what was never reported, and count what nobody claimed', async () => {
      for (const name of ['one', 'two', 'three', 'four']) {
        await at.place(`alice/${name}`);
        push(`alice/${name}`, name, 'v1', 'v2');
      }
      push('stranger/thing', 'x', 'v1');
      const reconcile = await at.reconcile();
      assert.deepEqual([reconcile.repositories, reconcile.added, reconcile.unclaimed], [4, 8, 1]);
      assert.equal(reconcile.error, null);
      await asAtTheRegistry('alice/one', 'alice/two', 'alice/three', 'alice/four');
      assert.equal((await at.row('alice/one')).state, 'active');
    });

    it('cost one request for each repository in which nothing can have changed', async () => {
      at.fake.requests = 0;
      const { added, deleted, missing } = await at.reconcile();
      assert.deepEqual([added, deleted, missing], [0, 0, 0]);
      const catalogPages = 2;
      assert.equal(at.fake.requests, 4 + catalogPages);
    });

    it('find a moved tag where a push was granted, and elsewhere when every digest is asked for', async () => {
      push('alice/one', 'one again', 'v1');
      await grantPush('alice/one', '2 hours');
      assert.equal(
        (await at.reconcile()).added,
        0,
        'a grant before the last complete reconcile is read already',
      );
      await grantPush('alice/one', '10 seconds');
      assert.equal((await at.reconcile()).added, 1);
      push('alice/two', 'two again', 'v2');
      assert.equal((await at.reconcile()).added, 0);
      assert.equal((await at.reconcile({ full: true })).added, 1);
      await asAtTheRegistry('alice/one', 'alice/two');
    });

    it('change nothing in a dry run', async () => {
      push('alice/four', 'dry', 'dry');
      const before = await at.contents('alice/four');
      assert.equal((await at.reconcile({ dryRun: true })).added, 1);
      assert.deepEqual(await at.contents('alice/four'), before);
      assert.equal((await at.reconcile()).added, 1);
    });

    it('remove what two reconciles missed, with what was left of it', async () => {
      await alice.delete('alice/three', imageOf('three').digest);
      const first = await at.reconcile();
      assert.deepEqual([first.deleted, first.missing, first.alarm], [0, 2, null]);
      assert.equal(Object.keys((await at.contents('alice/three')).tags).length, 2);
      const second = await at.reconcile();
      assert.deepEqual([second.deleted, second.missing, second.alarm], [2, 0, null]);
      assert.deepEqual(await at.contents('alice/three'), { tags: {}, digests: [] });
      assert.equal((await at.row('alice/three')).pushed_at, null);
      const { rows } = await at.sql.query(
        `select from audit_event where action = 'repository.tags-reconciled'`,
      );
      assert.equal(rows.length, 1);
    });

    it('forget a loss that was none', async () => {
      at.fake.wipe();
      push('alice/one', 'one', 'v2');
      push('alice/two', 'two', 'v1', 'v2');
      push('alice/four', 'four', 'v1', 'v2', 'dry');
      assert.equal((await at.reconcile({ full: true })).missing, 1, 'v1 of one');
      push('alice/one', 'one', 'v1');
      await at.reconcile();
      const { rows } = await at.sql.query('select from missing_tag');
      assert.equal(rows.length, 0);
    });

    it('keep a tag that the list lacks and the registry has', async () => {
      const held = await at.contents('alice/one');
      // The list is a lie; the direct answer is not.
      at.fake.hidden.add('v1');
      await at.reconcile();
      const second = await at.reconcile();
      assert.equal(second.deleted, 0);
      assert.deepEqual(await at.contents('alice/one'), held);
      at.fake.hidden.clear();
      await at.reconcile();
    });

    it('give up when their time is over, and remove nothing', async () => {
      const { error, repositories, deleted } = await at.reconcile({ until: Date.now() - 1 });
      assert.match(error ?? '', /in time/);
      assert.deepEqual([repositories, deleted], [0, 0]);
    });

    it('remove nothing when not everything could be read, and say so', async () => {
      await alice.delete('alice/two', imageOf('two').digest);
      await at.reconcile();
      at.fake.fault = (path) => (path.includes('/alice/four/') ? 500 : undefined);
      const failed = await at.reconcile();
      assert.match(failed.error ?? '', /failure/);
      assert.equal(failed.deleted, 0);
      at.fake.fault = () => undefined;
      assert.equal((await at.reconcile()).deleted, 2);
    });

    it('stop with an alarm when nothing is left, until an administrator says so', async () => {
      const held = await at.contents('alice/one');
      at.fake.wipe();
      await at.reconcile();
      const reconcile = await at.reconcile();
      assert.equal(reconcile.deleted, 0);
      assert.match(reconcile.alarm ?? '', /nothing is left/);
      assert.deepEqual(await at.contents('alice/one'), held);
      assert.ok((await at.reconcile({ limit: 5 })).deleted > 0);
      assert.deepEqual(await at.contents('alice/one'), { tags: {}, digests: [] });
    });

    it('never revive a deleted repository, nor read one that lies elsewhere', async () => {
      await at.place('alice/buried', { state: 'deleted' });
      await at.place('alice/elsewhere', { registryId: null });
      push('alice/buried', 'b', 'v1');
      push('alice/elsewhere', 'e', 'v1');
      await at.reconcile({ full: true });
      assert.deepEqual(await at.contents('alice/buried'), { tags: {}, digests: [] });
      assert.deepEqual(await at.contents('alice/elsewhere'), { tags: {}, digests: [] });
    });
  });
}
