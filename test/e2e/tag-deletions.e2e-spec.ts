import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { RegistriesService } from '@central-index/registries';
import { TagDeletionsService } from '@central-index/registry-sync';
import { Client } from 'pg';
import type { Actor } from '../support/client';
import { eventually } from '../support/eventually';
import { FakeRegistry } from '../support/fake-registry';
import { imageOf, indexOf, type TestImage } from '../support/images';
import { IndexUnderTest } from '../support/index-under-test';
import type { Generation } from '../support/registry-event-bodies';
import { RegistryUser } from '../support/registry-user';

for (const generation of ['2.8', '3.x'] satisfies Generation[]) {
  describe(`deletion of a tag at a registry ${generation}`, () => {
    let index: IndexUnderTest;
    let fake: FakeRegistry;
    let sql: Client;
    let notifier: Actor;
    let alice: Actor;
    let bob: Actor;
    let user: RegistryUser;
    const [firstImage, secondImage] = [
      imageOf('one'),
      imageOf('two', { os: 'linux', architecture: 'arm64' }),
    ];

    beforeAll(async () => {
      index = await IndexUnderTest.start();
      fake = await FakeRegistry.start({ generation });
      sql = new Client({ connectionString: index.database.url });
      await sql.connect();
      [alice, bob] = [await index.signUp('alice'), await index.signUp('bobby')];
      user = new RegistryUser(fake.url, 'alice');
      const kind = generation === '2.8' ? 'distribution2' : 'distribution3';
      const { hookSecret } = await index.app
        .get(RegistriesService, { strict: false })
        .add({ name: 'main', url: fake.url, kind }, { name: ':test' });
      notifier = index.anonymous.bearer(hookSecret);
    });
    afterAll(async () => {
      await sql.end();
      await fake.stop();
      await index.stop();
    });

    const tagsOf = async (name: string): Promise<string[]> =>
      (await alice.get(`/api/v1/repositories/alice/${name}/tags`)).json.items.map(
        (tag: { name: string }) => tag.name,
      );
    const deleteTag = (caller: Actor, name: string, tag: string) =>
      caller.delete(`/api/v1/repositories/alice/${name}/tags/${tag}`);
    const notify = async (): Promise<void> => {
      const body = JSON.stringify({ events: fake.drainEvents() });
      const headers = { 'content-type': 'application/vnd.docker.distribution.events.v1+json' };
      assert.equal((await notifier.send('POST', '/hooks/registry/main', { body, headers })).status, 202);
    };
    /** Creates a repository with these tags in the registry and in the index. */
    const createTagged = async (name: string, tags: Readonly<Record<string, TestImage>>): Promise<void> => {
      await sql.query(
        `insert into repository (namespace_id, path, name, state, registry_id, registry_path)
         select namespace.id, 'alice/' || $1, $1, 'pending', registry.id, 'alice/' || $1
           from namespace, registry where namespace.name = 'alice'`,
        [name],
      );
      for (const [tag, image] of Object.entries(tags)) await user.push(`alice/${name}`, image, tag);
      await notify();
      await eventually(async () => assert.deepEqual(await tagsOf(name), Object.keys(tags).sort()));
    };

    it('deletes it at the registry and in the index, and records this in the audit log', async () => {
      await createTagged('plain', { v1: firstImage, v2: secondImage });
      assert.equal((await deleteTag(alice, 'plain', 'v1')).status, 204);
      assert.deepEqual(Object.keys(fake.contents('alice/plain').tags), ['v2']);
      assert.deepEqual(await tagsOf('plain'), ['v2']);
      assert.equal((await deleteTag(alice, 'plain', 'v1')).status, 404);
      await notify();
      const { rows } = await sql.query(
        `select actor, subject, detail from audit_event where action = 'tag.deleted' and subject = 'alice/plain'`,
      );
      const image = generation === '2.8' ? 'deleted' : 'kept';
      assert.deepEqual(rows, [
        { actor: 'alice', subject: 'alice/plain', detail: { tag: 'v1', digest: firstImage.digest, image } },
      ]);
    });

    it('keeps an image that another tag references, whether or not the index knows that tag', async () => {
      await createTagged('shared', { v1: firstImage, v2: firstImage });
      await user.push('alice/shared', secondImage, 'other');
      await createTagged('unreported', { v1: firstImage });
      await user.push('alice/unreported', firstImage, 'hidden');
      for (const [name, other] of [
        ['shared', 'v2'],
        ['unreported', 'hidden'],
      ] as const) {
        const response = await deleteTag(alice, name, 'v1');
        assert.ok(fake.contents(`alice/${name}`).digests.includes(firstImage.digest));
        if (generation === '3.x') {
          assert.equal(response.status, 204);
          assert.equal(fake.contents(`alice/${name}`).tags.v1, undefined);
          continue;
        }
        assert.equal(response.status, 409);
        assert.equal(response.json.errors[0].code, 'TAG_NOT_DELETED');
        assert.match(response.json.errors[0].message, new RegExp(`main can only delete the image.*${other}`));
        assert.equal(fake.contents(`alice/${name}`).tags.v1, firstImage.digest);
        assert.ok((await tagsOf(name)).includes('v1'));
      }
    });

    it('keeps an image that an image index references', async () => {
      await createTagged('whole', { latest: indexOf(firstImage, secondImage), arm: secondImage });
      const { status } = await deleteTag(alice, 'whole', 'arm');
      assert.equal(status, generation === '2.8' ? 409 : 204);
      assert.ok(fake.contents('alice/whole').digests.includes(secondImage.digest));
    });

    it('keeps an image that was pushed to the tag in the meantime', async () => {
      await createTagged('moving', { v1: firstImage });
      await user.push('alice/moving', secondImage, 'v1');
      const response = await deleteTag(alice, 'moving', 'v1');
      assert.equal(response.status, 409, response.text);
      assert.match(response.json.errors[0].message, /another image was pushed/);
      assert.equal(fake.contents('alice/moving').tags.v1, secondImage.digest);
    });

    it('reports when the registry deletes nothing', async () => {
      await createTagged('kept', { v1: firstImage });
      fake.allowsDeletes = false;
      const response = await deleteTag(alice, 'kept', 'v1');
      fake.allowsDeletes = true;
      assert.equal(response.status, 409);
      assert.match(response.json.errors[0].message, /main does not allow deletion/);
      assert.deepEqual(await tagsOf('kept'), ['v1']);
    });

    it('resumes when the registry is available again', async () => {
      await createTagged('later', { v1: firstImage });
      fake.fault = () => 'cut';
      assert.equal((await deleteTag(alice, 'later', 'v1')).status, 202);
      assert.deepEqual(await tagsOf('later'), ['v1']);
      fake.fault = () => undefined;
      const jobs = await sql.query(
        `update graphile_worker._private_jobs set run_at = now() where key like 'tag.deletion-requested:%' returning id`,
      );
      assert.ok(jobs.rowCount! > 0);
      await eventually(async () => assert.deepEqual(await tagsOf('later'), []), 10_000);
      assert.deepEqual(fake.contents('alice/later').tags, {});
    });

    it('has the same outcome when two processes run it concurrently, as after a crash', async () => {
      await createTagged('twice', { v1: firstImage });
      const { rows } = await sql.query<{ id: string }>(
        `select id from repository where path = 'alice/twice'`,
      );
      const deletions = index.app.get(TagDeletionsService, { strict: false });
      const responses = await Promise.all([deleteTag(alice, 'twice', 'v1'), deleteTag(alice, 'twice', 'v1')]);
      assert.ok(
        responses.every(({ status }) => status === 204 || status === 404),
        responses.map(({ text }) => text).join(),
      );
      assert.equal(await deletions.finish(rows[0]!.id, 'v1'), undefined);
      const auditEvents = await sql.query(
        `select from audit_event where action = 'tag.deleted' and subject = 'alice/twice'`,
      );
      assert.equal(auditEvents.rowCount, 1);
    });

    it('does not restart when the tag disappears in the meantime', async () => {
      await createTagged('gone', { v1: firstImage });
      await sql.query('begin');
      await sql.query(`select from repository where path = 'alice/gone' for no key update`);
      const response = deleteTag(alice, 'gone', 'v1');
      await eventually(async () => {
        const { rows } = await sql.query(
          `select from pg_locks where not granted and pg_backend_pid() = any(pg_blocking_pids(pid))`,
        );
        assert.ok(rows.length > 0);
      });
      await sql.query(`delete from tag using repository where repository_id = id and path = 'alice/gone'`);
      await sql.query('commit');
      assert.equal((await response).status, 404);
      const pending = await sql.query(
        `select from tag_deletion join repository on id = repository_id where path = 'alice/gone'`,
      );
      assert.equal(pending.rowCount, 0);
      assert.deepEqual(fake.contents('alice/gone').tags, { v1: firstImage.digest });
    });

    it('is permitted to the owner only', async () => {
      await createTagged('mine', { v1: firstImage });
      assert.equal((await deleteTag(index.anonymous, 'mine', 'v1')).status, 401);
      assert.equal((await deleteTag(bob, 'mine', 'v1')).status, 403);
      for (const tag of ['none', '-x', 'a%00'])
        assert.equal((await deleteTag(alice, 'mine', tag)).status, 404);
      assert.deepEqual(Object.keys(fake.contents('alice/mine').tags), ['v1']);
    });
  });
}
