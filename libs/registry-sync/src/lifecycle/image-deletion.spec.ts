import assert from 'node:assert/strict';
import { afterAll, afterEach, beforeAll, describe, it } from '@jest/globals';
import { eventually } from '../../../../test/support/eventually';
import { imageOf } from '../../../../test/support/images';
import { RegistryUser } from '../../../../test/support/registry-user';
import { RegistryFixture } from '../../../../test/support/registry-fixture';

describe('image deletion', () => {
  let at: RegistryFixture;
  let alice: RegistryUser;
  beforeAll(async () => {
    at = await RegistryFixture.start('3.x');
    alice = new RegistryUser(at.fake.url, 'alice');
  });
  afterAll(() => at.stop());
  afterEach(() => {
    at.fake.fault = () => undefined;
    at.fake.beforeResponse = () => Promise.resolve();
  });

  /** A deleted repository with two reported images and one without an event. */
  async function deletedRepository(path: string): Promise<string> {
    const id = await at.place(path);
    await alice.push(path, imageOf('one'), 'v1');
    await alice.push(path, imageOf('two'), 'v2');
    await at.deliverAndApply();
    await pushAll(path);
    at.fake.drainEvents();
    await at.sql.query('delete from tag where repository_id = $1', [id]);
    await at.sql.query(`update repository set state = 'deleted', deleted_at = now() where id = $1`, [id]);
    return id;
  }
  const pushAll = async (path: string): Promise<void> => {
    for (const name of ['one', 'two', 'three']) await alice.push(path, imageOf(name), name);
  };
  const row = async (id: string): Promise<{ state: string; registry_id: string | null }> =>
    (await at.sql.query('select state, registry_id from repository where id = $1', [id])).rows[0];
  const isDelete = (path: string): boolean => path.includes('/manifests/sha256:');

  it('deletes every image at the registry, reported or not, and releases the placement', async () => {
    const id = await deletedRepository('alice/all');
    await at.deleteImages(id);
    assert.deepEqual(at.fake.contents('alice/all').digests, []);
    assert.deepEqual(await row(id), { state: 'deleted', registry_id: null });
    assert.deepEqual(await at.contents('alice/all'), { tags: {}, digests: [] });
    await at.deleteImages(id);
  });

  it('does nothing for a repository that is not deleted', async () => {
    const id = await at.place('alice/living');
    await alice.push('alice/living', imageOf('one'), 'v1');
    await at.deliverAndApply();
    await at.deleteImages(id);
    assert.equal(at.fake.contents('alice/living').digests.length, 1);
    assert.equal((await row(id)).state, 'active');
  });

  it('deletes nothing once a push has revived the name', async () => {
    const id = await deletedRepository('alice/first');
    let revived = false;
    at.fake.beforeResponse = async (path) => {
      if (revived || !path.endsWith('/manifests/three')) return;
      revived = true;
      await at.revive(id);
      await pushAll('alice/first');
    };
    await at.deleteImages(id);
    assert.equal(revived, true);
    assert.equal(at.fake.contents('alice/first').digests.length, 3);
    assert.equal((await row(id)).state, 'pending');
  });

  it('makes a push that revives the name wait while one image is being deleted', async () => {
    const id = await deletedRepository('alice/revived');
    let revival: Promise<unknown> | undefined;
    at.fake.beforeResponse = async (path) => {
      if (!isDelete(path) || revival !== undefined) return;
      // Pushes every digest again as soon as the push is granted.
      revival = at.revive(id).then(() => pushAll('alice/revived'));
      await eventually(async () => assert.equal(await at.hasLockWaiter(), true));
    };
    await at.deleteImages(id);
    await revival;
    assert.equal(at.fake.contents('alice/revived').digests.length, 3);
    assert.equal((await row(id)).state, 'pending');
    await at.deleteImages(id);
    assert.equal(at.fake.contents('alice/revived').digests.length, 3);
  });

  it('continues where it stopped when the registry responds again', async () => {
    const id = await deletedRepository('alice/later');
    let deletes = 0;
    at.fake.fault = (path) => (isDelete(path) && (deletes += 1) > 1 ? 'cut' : undefined);
    await assert.rejects(at.deleteImages(id), { code: 'REGISTRY_UNREACHABLE' });
    assert.notEqual((await row(id)).registry_id, null);
    at.fake.fault = () => undefined;
    await at.deleteImages(id);
    assert.deepEqual(at.fake.contents('alice/later').digests, []);
    assert.equal((await row(id)).registry_id, null);
  });

  it('writes an audit entry when the registry does not allow deletion', async () => {
    const id = await deletedRepository('alice/kept');
    at.fake.fault = (path) => (isDelete(path) ? 405 : undefined);
    await at.deleteImages(id);
    assert.equal(at.fake.contents('alice/kept').digests.length, 3);
    assert.equal((await row(id)).registry_id, null);
    const { rows } = await at.sql.query(
      `select subject, detail ->> 'manifests' as manifests from audit_event where action = 'repository.images-kept'`,
    );
    assert.deepEqual(rows, [{ subject: 'alice/kept', manifests: '3' }]);
  });
});
