import assert from 'node:assert/strict';
import { afterAll, afterEach, beforeAll, describe, it } from '@jest/globals';
import type { Generation } from '../../../../test/support/registry-event-bodies';
import { content, imageOf, indexOf, sizeOf, type TestImage } from '../../../../test/support/images';
import { RegistryUser } from '../../../../test/support/registry-user';
import { RegistryFixture } from '../../../../test/support/registry-fixture';

for (const generation of ['2.8', '3.x'] satisfies Generation[]) {
  describe(`events of a registry ${generation}`, () => {
    let at: RegistryFixture;
    let alice: RegistryUser;
    let number = 0;
    const fresh = (): string => `alice/app${(number += 1)}`;
    const pushed = async (image: TestImage, tag?: string): Promise<string> => {
      const path = fresh();
      await at.place(path);
      await alice.push(path, image, tag);
      await at.deliverAndApply();
      return path;
    };
    const jobs = async (): Promise<number> =>
      (await at.sql.query(`select from graphile_worker.jobs where task_identifier = 'repository.changed'`))
        .rowCount!;

    beforeAll(async () => {
      at = await RegistryFixture.start(generation);
      alice = new RegistryUser(at.fake.url, 'alice');
      await at.sql.query(
        `insert into account (name, email, password_hash) values ('alice', 'a@example.org', 'x'), ('bob', 'b@example.org', 'x')`,
      );
    });
    afterAll(() => at.stop());
    afterEach(() => {
      at.fake.fault = () => undefined;
    });

    it('make a pending repository active, with tag, size, platform and time', async () => {
      const image = imageOf('one', { os: 'linux', architecture: 'arm64', variant: 'v8' });
      const path = await pushed(image, 'v1');
      assert.deepEqual(await at.contents(path), { tags: { v1: image.digest }, digests: [image.digest] });
      const { state, pushed_at } = await at.row(path);
      assert.equal(state, 'active');
      assert.ok(pushed_at !== null && Math.abs(Date.now() - pushed_at.getTime()) < 60_000);
      const { rows } = await at.sql.query(
        'select media_type, size, platforms from manifest where digest = $1',
        [image.digest],
      );
      assert.deepEqual(rows[0], {
        media_type: image.mediaType,
        size: String(sizeOf(image)),
        platforms: [
          { os: 'linux', architecture: 'arm64', variant: 'v8', digest: image.digest, size: sizeOf(image) },
        ],
      });
    });

    it('store an index with the platforms of its images and the sum of their sizes', async () => {
      const [x, y] = [imageOf('x'), imageOf('yy', { os: 'linux', architecture: 'arm64' })];
      const index = indexOf(x, y);
      const path = await pushed(index, 'multi');
      const { rows } = await at.sql.query(
        `select size, platforms from manifest join tag using (repository_id, digest) where name = 'multi'`,
      );
      assert.deepEqual(rows, [
        {
          size: String(sizeOf(index)),
          platforms: [
            { os: 'linux', architecture: 'amd64', digest: x.digest, size: sizeOf(x) },
            { os: 'linux', architecture: 'arm64', digest: y.digest, size: sizeOf(y) },
          ],
        },
      ]);
      assert.deepEqual((await at.contents(path)).digests.length, 3);
    });

    it('store an image without a tag', async () => {
      const image = imageOf('untagged');
      const path = await pushed(image);
      assert.deepEqual(await at.contents(path), { tags: {}, digests: [image.digest] });
      assert.equal((await at.row(path)).state, 'active');
    });

    it('move a tag that is pushed again, and keep its former image', async () => {
      const [one, two] = [imageOf('before'), imageOf('after')];
      const path = await pushed(one, 'v1');
      await alice.push(path, two, 'v1');
      await at.deliverAndApply();
      assert.deepEqual(await at.contents(path), at.fake.contents(path));
      assert.equal((await at.contents(path)).tags.v1, two.digest);
    });

    /** Delivers and applies the push event of a tag that the registry has not written yet. */
    const reportEarly = async (path: string, image: TestImage, tag: string): Promise<void> => {
      await alice.push(path, image);
      const push = at.fake.drainEvents().find(({ action, target }) => {
        return action === 'push' && (target as { digest: string }).digest === image.digest;
      })!;
      await at.deliver([{ ...push, target: { ...(push.target as object), tag } }]);
      await at.apply();
    };
    const writeTag = async (path: string, image: TestImage, tag: string): Promise<void> => {
      await alice.push(path, image, tag);
      at.fake.drainEvents();
    };

    it('of a tag that is not written yet are rechecked until it is', async () => {
      const path = fresh();
      const image = imageOf('early');
      await at.place(path);
      await at.sql.query(
        `insert into push_grant (repository_id, account_id)
         select repository.id, account.id from repository, account where path = $1 and account.name = 'alice'`,
        [path],
      );
      await reportEarly(path, image, 'v1');
      assert.deepEqual(await at.contents(path), { tags: {}, digests: [image.digest] });
      await writeTag(path, image, 'v1');
      assert.equal(await at.recheck(), 1);
      assert.deepEqual(await at.contents(path), { tags: { v1: image.digest }, digests: [image.digest] });
      const { rows } = await at.sql.query(
        `select account.name from tag join account on account.id = pushed_by_id
           join repository on repository.id = repository_id where path = $1`,
        [path],
      );
      assert.deepEqual(rows, [{ name: 'alice' }]);
      assert.equal(await at.recheck(), 0);
    });

    it('of a tag that still points to the former image are rechecked', async () => {
      const [one, two] = [imageOf('former'), imageOf('current')];
      const path = await pushed(one, 'v1');
      await reportEarly(path, two, 'v1');
      assert.equal((await at.contents(path)).tags.v1, one.digest);
      await writeTag(path, two, 'v1');
      assert.equal(await at.recheck(), 1);
      assert.equal((await at.contents(path)).tags.v1, two.digest);
      assert.equal(await at.recheck(), 0);
    });

    it('of a tag that is never written are rechecked three times', async () => {
      const path = fresh();
      await at.place(path);
      await reportEarly(path, imageOf('never'), 'v1');
      const rechecks = [await at.recheck(), await at.recheck(), await at.recheck(), await at.recheck()];
      assert.deepEqual(rechecks, [1, 1, 1, 0]);
      assert.deepEqual((await at.contents(path)).tags, {});
    });

    it('of a tag that was pushed twice are not rechecked when both have arrived', async () => {
      const path = fresh();
      await at.place(path);
      await alice.push(path, imageOf('first'), 'v1');
      await alice.push(path, imageOf('second'), 'v1');
      await at.deliverAndApply();
      assert.deepEqual(await at.contents(path), at.fake.contents(path));
      assert.equal(await at.recheck(), 0);
    });

    it('delete tags and images, and hide the repository from search with its last image', async () => {
      const [one, two] = [imageOf('kept'), imageOf('deleted')];
      const path = await pushed(one, 'kept');
      await alice.push(path, two, 'v1');
      await alice.push(path, two, 'v2');
      await at.deliverAndApply();
      assert.deepEqual(Object.keys((await at.contents(path)).tags), ['kept', 'v1', 'v2']);
      assert.equal(await alice.delete(path, 'v2'), generation === '3.x' ? 202 : 400);
      await at.deliverAndApply();
      assert.deepEqual(await at.contents(path), at.fake.contents(path));
      assert.equal(await alice.delete(path, two.digest), 202);
      await at.deliverAndApply();
      assert.deepEqual(await at.contents(path), { tags: { kept: one.digest }, digests: [one.digest] });
      assert.equal(await alice.delete(path, one.digest), 202);
      await at.deliverAndApply();
      assert.deepEqual(await at.contents(path), { tags: {}, digests: [] });
      assert.equal((await at.row(path)).pushed_at, null);
    });

    it('record what a tag pointed to, when and by whom, in any order of arrival', async () => {
      const path = fresh();
      const id = await at.place(path);
      await at.sql.query(`insert into push_grant select $1, id, now() from account where name = 'alice'`, [
        id,
      ]);
      const [one, two, lost] = [imageOf('first'), imageOf('second'), imageOf('never reported')];
      await alice.push(path, one, 'v1');
      await alice.push(path, two, 'v1');
      const [first, second] = at.fake.drainEvents();
      const history = async (): Promise<unknown[]> =>
        (
          await at.sql.query(
            `select digest, name as by, reported from tag_history left join account on account.id = pushed_by_id
              where repository_id = $1 and tag = 'v1' order by pushed_at`,
            [id],
          )
        ).rows;
      await at.deliver([second!]);
      await at.apply();
      await at.deliver([first!, second!]);
      await at.apply();
      const moves = [one, two].map(({ digest }) => ({ digest, by: 'alice', reported: true }));
      assert.deepEqual(await history(), moves);
      await alice.push(path, lost, 'v1');
      const late = at.fake.drainEvents().find(({ action }) => action === 'push');
      await at.reconcileAfterOverflow();
      assert.deepEqual(await history(), [...moves, { digest: lost.digest, by: null, reported: false }]);
      await at.deliver([late!]);
      await at.apply();
      assert.deepEqual(await history(), [...moves, { digest: lost.digest, by: 'alice', reported: true }]);
    });

    it('store empty indexes, indexes with a missing image, and artifacts', async () => {
      const path = fresh();
      await at.place(path);
      const oci = 'application/vnd.oci.image';
      const manifest = (type: string, fields: object, blobs: TestImage['blobs'] = []): TestImage => ({
        ...content(type, JSON.stringify({ schemaVersion: 2, mediaType: type, ...fields })),
        blobs,
        children: [],
      });
      const image = imageOf('subject');
      const absent = { mediaType: `${oci}.manifest.v1+json`, digest: imageOf('nowhere').digest, size: 1 };
      const platform = { os: 'linux', architecture: 'riscv64' };
      const empty = {
        mediaType: 'application/vnd.oci.empty.v1+json',
        digest: image.blobs[0]!.digest,
        size: 2,
      };
      await alice.push(path, image, 'image');
      await alice.push(path, manifest(`${oci}.index.v1+json`, { manifests: [] }), 'hollow');
      await alice.push(
        path,
        manifest(`${oci}.index.v1+json`, { manifests: [{ ...absent, platform }] }),
        'broken',
      );
      await alice.push(
        path,
        manifest(`${oci}.manifest.v1+json`, {
          artifactType: 'application/spdx+json',
          subject: { mediaType: image.mediaType, digest: image.digest, size: 3 },
          config: empty,
          layers: [],
          annotations: { 'org.opencontainers.image.title': 'parts' },
        }),
        'parts',
      );
      // As large as a registry accepts.
      const padding = { 'org.example.padding': 'x'.repeat(4 * 1024 * 1024 - 200) };
      await alice.push(
        path,
        manifest(`${oci}.index.v1+json`, { manifests: [], annotations: padding }),
        'large',
      );
      await at.deliverAndApply();
      const { rows } = await at.sql.query(
        `select tag.name, kind, size::int, manifest.platforms, artifact_type, subject, labels, cardinality(children) as entries
           from tag join manifest using (repository_id, digest) join repository on repository.id = repository_id
          where path = $1 and tag.name <> 'image' order by 1`,
        [path],
      );
      const plain = { artifact_type: null, subject: null, labels: {} };
      assert.deepEqual(rows, [
        {
          name: 'broken',
          kind: 'index',
          size: null,
          platforms: [{ ...platform, digest: absent.digest, size: null }],
          ...plain,
          entries: 1,
        },
        { name: 'hollow', kind: 'index', size: 0, platforms: [], ...plain, entries: 0 },
        { name: 'large', kind: 'index', size: 0, platforms: [], ...plain, entries: 0 },
        {
          name: 'parts',
          kind: 'sbom',
          size: 2,
          platforms: [],
          artifact_type: 'application/spdx+json',
          subject: image.digest,
          labels: { title: 'parts' },
          entries: 0,
        },
      ]);
    });

    it('name a pusher only if that account was granted the push within the day', async () => {
      const pusher = async (path: string): Promise<string | undefined> =>
        (
          await at.sql.query<{ name: string }>(
            `select account.name from tag join repository on repository.id = repository_id
              left join account on account.id = pushed_by_id where path = $1`,
            [path],
          )
        ).rows[0]?.name;
      const grant = (id: string, account: string, ago: string): Promise<unknown> =>
        at.sql.query(
          `insert into push_grant select $1, id, now() - $3::interval from account where name = $2`,
          [id, account, ago],
        );
      const push = async (grants: [string, string][]): Promise<string | undefined> => {
        const path = fresh();
        const id = await at.place(path);
        for (const [account, ago] of grants) await grant(id, account, ago);
        await alice.push(path, imageOf(path), 'v1');
        await at.deliverAndApply();
        return pusher(path);
      };
      assert.equal(await push([['alice', '5 minutes']]), 'alice');
      assert.equal(await push([['bob', '5 minutes']]), null);
      assert.equal(await push([['alice', '25 hours']]), null);
      assert.equal(await push([]), null);
    });

    it('count as pulls what clients GET, and not what the index reads', async () => {
      const image = imageOf('pulled');
      const path = await pushed(image, 'v1');
      await alice.head(path, 'v1');
      await alice.pull(path, image.digest);
      await alice.pull(path, 'v1');
      await new RegistryUser(at.fake.url, '').pull(path, 'v1');
      await at.deliverAndApply();
      assert.equal((await at.row(path)).pulls, '3');
    });

    it('of many pulls update the repository once', async () => {
      const path = await pushed(imageOf('popular'), 'v1');
      await at.sql.query(`delete from graphile_worker._private_jobs`);
      const { version } = await at.row(path);
      for (let n = 0; n < 20; n += 1) await alice.pull(path, 'v1');
      await at.deliverAndApply();
      assert.equal((await at.row(path)).pulls, '20');
      assert.equal(Number((await at.row(path)).version), Number(version) + 1);
      assert.equal(await jobs(), 1);
    });

    it('of names that are not placed there are parked, each with its reason', async () => {
      await at.discardEvents();
      const foreign = await at.sql.query<{ id: string }>(
        `insert into registry (name, url, host, service, kind, hook_secret_hash)
         values ('foreign', 'http://x', 'x', 'foreign', 'distribution2', '') returning id`,
      );
      await at.place('bob/foreign', { registryId: foreign.rows[0]!.id });
      await at.place('bob/unplaced', { registryId: null, state: 'active' });
      await at.place('bob/deleted', { state: 'deleted' });
      await at.place('library/centos', { registryPath: 'centos', state: 'active', official: true });
      const paths = ['bob/unknown', 'bob/foreign', 'bob/unplaced', 'bob/deleted', 'library/centos', 'a/b/c'];
      for (const path of paths) await alice.push(path, imageOf('x'), 'v1');
      await alice.push('centos', imageOf('x'), '7');
      await at.deliverAndApply();
      assert.deepEqual(await at.eventCounts(), {
        applied: 1,
        'parked: no repository has this name': 1,
        'parked: the repository is placed on another registry': 1,
        'parked: the repository is placed on no registry': 1,
        'parked: the repository was deleted': 1,
        'parked: the registry path of the repository is centos': 1,
        'parked: an invalid repository name': 1,
      });
      for (const path of paths) assert.deepEqual(await at.contents(path), { ...none, ...official(path) });
      assert.equal((await at.row('bob/deleted')).state, 'deleted');

      function official(path: string): object {
        return path === 'library/centos'
          ? { tags: { '7': imageOf('x').digest }, digests: [imageOf('x').digest] }
          : {};
      }
    });

    it('stay pending while the registry fails, and are applied when it responds', async () => {
      await at.discardEvents();
      const path = fresh();
      await at.place(path);
      await alice.push(path, imageOf('late'), 'v1');
      for (const fault of ['cut', 500, 502, 404, 200, 401, 307, 429] as const) {
        at.fake.fault = () => fault;
        await assert.rejects(at.deliverAndApply(), String(fault));
        assert.deepEqual(await at.eventCounts(), { pending: 1 }, String(fault));
      }
      at.fake.fault = () => undefined;
      await at.deliverAndApply();
      assert.deepEqual(await at.contents(path), at.fake.contents(path));
      assert.deepEqual(await at.eventCounts(), { applied: 1 });
    });

    it('of a deletion have no effect on a 404 that is not the registry’s own', async () => {
      const image = imageOf('stays');
      const path = await pushed(image, 'v1');
      await alice.delete(path, image.digest);
      at.fake.fault = () => 404;
      await assert.rejects(at.deliverAndApply());
      assert.deepEqual(Object.keys((await at.contents(path)).tags), ['v1']);
      at.fake.fault = () => undefined;
      await at.deliverAndApply();
      assert.deepEqual(await at.contents(path), none);
    });

    it('that cannot be applied delay no others', async () => {
      const broken = fresh();
      const whole = Array.from({ length: 20 }, fresh);
      for (const path of [broken, ...whole]) await at.place(path);
      for (const path of [broken, ...whole]) await alice.push(path, imageOf(path), 'v1');
      at.fake.fault = (path) => (path.includes(`/${broken}/`) ? 500 : undefined);
      await assert.rejects(at.deliverAndApply(), /REGISTRY_ERROR|responded with an error/);
      for (const path of whole) assert.deepEqual(await at.contents(path), at.fake.contents(path));
      assert.deepEqual(await at.contents(broken), none);
      at.fake.fault = () => undefined;
      await at.deliverAndApply();
      assert.deepEqual(await at.contents(broken), at.fake.contents(broken));
    });

    it('lost in an oversized notification are recovered by a full reconcile', async () => {
      const path = fresh();
      const silent = fresh();
      await at.place(path);
      await at.place(silent);
      await alice.push(path, imageOf('lost'), 'v1');
      await alice.push(path, indexOf(imageOf('lost')), 'v2');
      at.fake.drainEvents();
      await at.reconcileAfterOverflow();
      assert.deepEqual((await at.contents(path)).tags, at.fake.contents(path).tags);
      assert.equal((await at.row(path)).state, 'active');
      assert.equal((await at.row(silent)).state, 'pending');
      const { version } = await at.row(path);
      await at.reconcileAfterOverflow();
      assert.equal((await at.row(path)).version, version);
    });

    it('of images that cannot be read are parked, and later ones are applied', async () => {
      await at.discardEvents();
      const path = fresh();
      await at.place(path);
      const type = 'application/vnd.oci.image.manifest.v1+json';
      const hostile = [
        '{',
        '[]',
        '{"schemaVersion":2,"layers":[],"manifests":[]}',
        '{"schemaVersion":2}',
        ' '.repeat(4_200_000),
      ];
      for (const [n, body] of hostile.entries()) {
        await alice.push(path, { ...content(type, body), blobs: [], children: [] }, `bad${n}`);
      }
      const image = imageOf('good');
      await alice.push(path, image, 'good');
      await at.deliverAndApply();
      assert.deepEqual(await at.contents(path), { tags: { good: image.digest }, digests: [image.digest] });
      const inbox = await at.eventCounts();
      assert.equal(inbox.applied, 1);
      assert.equal(inbox.stored, undefined);
    });
  });
}

const none = { tags: {}, digests: [] };
