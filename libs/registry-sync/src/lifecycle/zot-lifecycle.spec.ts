import assert from 'node:assert/strict';
import { afterAll, afterEach, beforeAll, describe, it } from '@jest/globals';
import { FakeRegistry } from '../../../../test/support/fake-registry';
import { artifactOf, imageOf, indexOf } from '../../../../test/support/images';
import { RegistryUser } from '../../../../test/support/registry-user';
import { RegistryFixture } from '../../../../test/support/registry-fixture';

describe('a repository on zot', () => {
  let at: RegistryFixture;
  let other: FakeRegistry;
  let alice: RegistryUser;
  const [amd, arm] = [imageOf('one'), imageOf('two', { os: 'linux', architecture: 'arm64' })];
  const multi = indexOf(amd, arm);
  beforeAll(async () => {
    at = await RegistryFixture.start('zot');
    other = await FakeRegistry.start({ service: 'other' });
    await at.addRegistry('other', other.url);
    alice = new RegistryUser(at.fake.url, 'alice');
  });
  afterAll(async () => {
    await other.stop();
    await at.stop();
  });
  afterEach(() => {
    at.fake.beforeResponse = () => Promise.resolve();
  });

  const remove = async (id: string): Promise<void> => {
    await at.softDelete(id);
    await at.deleteImages(id);
  };
  const kept = async (path: string): Promise<unknown[]> =>
    (
      await at.sql.query(
        `select detail from audit_event where action = 'repository.images-kept' and subject = $1`,
        [path],
      )
    ).rows.map(({ detail }) => detail as unknown);

  it('is deleted with its indexes, their tagged and untagged entries, and what refers to them', async () => {
    const id = await at.place('alice/all');
    const sbom = artifactOf('sbom', { artifactType: 'application/spdx+json', subject: multi });
    await alice.push('alice/all', amd, 'amd64');
    await alice.push('alice/all', multi, 'v1');
    await alice.push('alice/all', indexOf(arm), 'nested');
    await alice.push('alice/all', sbom);
    await at.deliverAndApply();
    await remove(id);
    assert.deepEqual(at.fake.contents('alice/all'), { tags: {}, digests: [] });
    assert.deepEqual(await kept('alice/all'), []);
  });

  it('is deleted completely even if no event of its images arrived', async () => {
    const id = await at.place('alice/silent');
    const sbom = artifactOf('sbom', { artifactType: 'application/spdx+json', subject: multi });
    await alice.push('alice/silent', imageOf('known'), 'known');
    await at.deliverAndApply();
    await alice.push('alice/silent', amd, 'amd64');
    await alice.push('alice/silent', multi, 'v1');
    await alice.push('alice/silent', sbom);
    at.fake.drainEvents();
    await remove(id);
    assert.deepEqual(at.fake.contents('alice/silent'), { tags: {}, digests: [] });
  });

  it('has no deleted tag again after the next push', async () => {
    const id = await at.place('alice/again');
    await alice.push('alice/again', amd, 'amd64');
    await alice.push('alice/again', multi, 'v1');
    await at.deliverAndApply();
    await remove(id);
    await at.sql.query(
      `update repository set state = 'pending', registry_id = $2, registry_path = path where id = $1`,
      [id, at.registry.id],
    );
    await alice.push('alice/again', imageOf('new'), 'v2');
    await at.deliverAndApply();
    await at.reconcile({ full: true });
    assert.deepEqual(Object.keys((await at.contents('alice/again')).tags), ['v2']);
  });

  it('is deleted with what is pushed during the deletion', async () => {
    const id = await at.place('alice/racing');
    await alice.push('alice/racing', amd, 'v1');
    await at.deliverAndApply();
    let isPushed = false;
    at.fake.beforeResponse = async (path) => {
      if (isPushed || !path.endsWith(`/manifests/${amd.digest}`)) return;
      isPushed = true;
      await alice.push('alice/racing', multi, 'late');
    };
    await remove(id);
    assert.equal(isPushed, true);
    assert.deepEqual(at.fake.contents('alice/racing'), { tags: {}, digests: [] });
  });

  it('leaves what an index lists that the index cannot find, and the audit log says so', async () => {
    const id = await at.place('alice/hidden');
    await alice.push('alice/hidden', amd, 'v1');
    await at.deliverAndApply();
    // An untagged index, of which no event arrived: no request lists it.
    await alice.push('alice/hidden', indexOf(amd));
    at.fake.drainEvents();
    await remove(id);
    assert.deepEqual(Object.keys(at.fake.contents('alice/hidden').tags), ['v1']);
    assert.deepEqual(await kept('alice/hidden'), [
      { manifests: 1, reason: 'an index that the registry keeps lists them' },
    ]);
  });

  it('moves to another registry and back, and no event of the index’s own is parked', async () => {
    await at.place('alice/moving');
    await alice.push('alice/moving', multi, 'v1');
    await at.deliverAndApply();
    const before = await at.contents('alice/moving');
    await at.discardEvents();
    await at.move('alice/moving', 'other', { deleteSource: true });
    await at.deleteMovedSources();
    assert.deepEqual(at.fake.contents('alice/moving'), { tags: {}, digests: [] });
    await at.move('alice/moving', 'main', { deleteSource: true });
    await at.deleteMovedSources();
    await at.deliverAndApply();
    assert.deepEqual(await at.contents('alice/moving'), before);
    assert.deepEqual(Object.keys(await at.eventCounts()), ['applied']);
  });
});
