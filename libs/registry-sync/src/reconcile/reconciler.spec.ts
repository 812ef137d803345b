import assert from 'node:assert/strict';
import { afterAll, afterEach, beforeAll, describe, it } from '@jest/globals';
import { imageOf } from '../../../../test/support/images';
import { RegistryUser } from '../../../../test/support/registry-user';
import { RegistryFixture } from '../../../../test/support/registry-fixture';

for (const generation of ['2.8', '3.x'] as const) {
  describe(`reconciling a registry ${generation}`, () => {
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
    const assertEqualTags = async (...paths: string[]): Promise<void> => {
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

    it('stores tags that no event reported, and counts unclaimed names', async () => {
      for (const name of ['one', 'two', 'three', 'four']) {
        await at.place(`alice/${name}`);
        push(`alice/${name}`, name, 'v1', 'v2');
      }
      push('unclaimed/thing', 'x', 'v1');
      const reconcile = await at.reconcile();
      assert.deepEqual([reconcile.repositories, reconcile.added, reconcile.unclaimed], [4, 8, 1]);
      assert.equal(reconcile.error, null);
      await assertEqualTags('alice/one', 'alice/two', 'alice/three', 'alice/four');
      assert.equal((await at.row('alice/one')).state, 'active');
    });

    it('costs one request for each repository in which no tag can have moved', async () => {
      at.fake.requests = 0;
      const { added, deleted, missing } = await at.reconcile();
      assert.deepEqual([added, deleted, missing], [0, 0, 0]);
      const catalogPages = 2;
      const unclaimedNames = 1;
      assert.equal(at.fake.requests, 4 + catalogPages + unclaimedNames);
    });

    it('is due RECONCILE_EVERY after the start of the last one, unless it is running', async () => {
      const due = async (): Promise<number> => {
        await at.reconcileDue();
        const jobs = await at.sql.query(
          `delete from graphile_worker._private_jobs where task_id in (
             select id from graphile_worker._private_tasks where identifier = 'registry.reconcile')
             returning payload ->> 'registryId' as id`,
        );
        assert.ok(jobs.rows.every(({ id }) => id === at.registry.id));
        return jobs.rows.length;
      };
      const startedAgo = (minutes: number) =>
        at.sql.query('update registry_reconcile set started_at = now() - make_interval(mins => $1)', [
          minutes,
        ]);
      assert.equal(await due(), 0);
      await startedAgo(59);
      assert.equal(await due(), 0);
      await startedAgo(60);
      assert.equal(await due(), 1);
      await at.reconcileDue();
      await at.sql.query(
        `update graphile_worker._private_jobs set locked_at = now(), locked_by = 'a worker', attempts = 1`,
      );
      assert.equal(await due(), 1, 'the running one only');
      await at.sql.query('delete from registry_reconcile');
      assert.equal(await due(), 1);
      await at.reconcile();
    });

    it('finds a moved tag where a push was granted, and elsewhere in a full reconcile', async () => {
      push('alice/one', 'one again', 'v1');
      await grantPush('alice/one', '2 hours');
      assert.equal(
        (await at.reconcile()).added,
        0,
        'the last complete reconcile has read what was pushed with an older grant',
      );
      await grantPush('alice/one', '10 seconds');
      assert.equal((await at.reconcile()).added, 1);
      push('alice/two', 'two again', 'v2');
      assert.equal((await at.reconcile()).added, 0);
      assert.equal((await at.reconcile({ full: true })).added, 1);
      await assertEqualTags('alice/one', 'alice/two');
    });

    it('changes nothing in a dry run', async () => {
      push('alice/four', 'dry', 'dry');
      const before = await at.contents('alice/four');
      assert.equal((await at.reconcile({ dryRun: true })).added, 1);
      assert.deepEqual(await at.contents('alice/four'), before);
      assert.equal((await at.reconcile()).added, 1);
    });

    it('deletes what two reconciles missed, with its manifests', async () => {
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

    it('removes the record of a missing tag that is listed again', async () => {
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

    it('keeps a tag that is not listed but exists', async () => {
      const before = await at.contents('alice/one');
      // The tag is left out of the list, but the registry serves it.
      at.fake.hidden.add('v1');
      await at.reconcile();
      const second = await at.reconcile();
      assert.equal(second.deleted, 0);
      assert.deepEqual(await at.contents('alice/one'), before);
      at.fake.hidden.clear();
      await at.reconcile();
    });

    it('ends early when its signal is aborted, and deletes nothing', async () => {
      const { error, repositories, deleted } = await at.reconcile({ signal: AbortSignal.abort() });
      assert.match(error ?? '', /in time/);
      assert.deepEqual([repositories, deleted], [0, 0]);
    });

    it('deletes nothing and has an error when a repository could not be read', async () => {
      await alice.delete('alice/two', imageOf('two').digest);
      await at.reconcile();
      at.fake.fault = (path) => (path.includes('/alice/four/') ? 500 : undefined);
      const failed = await at.reconcile();
      assert.match(failed.error ?? '', /responded with an error/);
      assert.equal(failed.deleted, 0);
      at.fake.fault = () => undefined;
      assert.equal((await at.reconcile()).deleted, 2);
    });

    it('raises an alarm when no tag remains, until an administrator sets a limit', async () => {
      const before = await at.contents('alice/one');
      at.fake.wipe();
      await at.reconcile();
      const reconcile = await at.reconcile();
      assert.equal(reconcile.deleted, 0);
      assert.match(reconcile.alarm ?? '', /has none of the tags/);
      assert.deepEqual(await at.contents('alice/one'), before);
      assert.ok((await at.reconcile({ limit: 5 })).deleted > 0);
      assert.deepEqual(await at.contents('alice/one'), { tags: {}, digests: [] });
    });

    it('neither revives a deleted repository nor reads one that is placed elsewhere', async () => {
      await at.place('alice/deleted', { state: 'deleted' });
      await at.place('alice/elsewhere', { registryId: null });
      push('alice/deleted', 'b', 'v1');
      push('alice/elsewhere', 'e', 'v1');
      await at.reconcile({ full: true });
      assert.deepEqual(await at.contents('alice/deleted'), { tags: {}, digests: [] });
      assert.deepEqual(await at.contents('alice/elsewhere'), { tags: {}, digests: [] });
    });
  });
}
