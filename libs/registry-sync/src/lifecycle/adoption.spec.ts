import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { imageOf, indexOf } from '../../../../test/support/images';
import { RegistryUser } from '../../../../test/support/registry-user';
import { RegistryFixture } from '../../../../test/support/registry-fixture';

describe('adoption', () => {
  let at: RegistryFixture;
  let pusher: RegistryUser;
  beforeAll(async () => {
    at = await RegistryFixture.start('3.x');
    pusher = new RegistryUser(at.fake.url, 'pusher');
    // All kinds of names, more than one page of the catalog.
    for (const path of [
      'old/one',
      'old/two',
      'old/three',
      'other/app',
      'centos',
      'library/debian',
      'a/b/c',
    ]) {
      await pusher.push(path, imageOf(path), 'v1');
    }
    await pusher.push('old/two', indexOf(imageOf('old/two')), 'multi');
    await pusher.push('old/emptied', imageOf('x'), 'v1');
    await pusher.delete('old/emptied', imageOf('x').digest);
    at.fake.drainEvents();
  });
  afterAll(() => at.stop());

  const outcome = async (
    ...args: Parameters<RegistryFixture['adopt']>
  ): Promise<{ adopted: string[]; skipped: string[] }> => {
    const { adopted, skipped } = await at.adopt(...args);
    return {
      adopted: adopted.map(({ name, tags }) => `${name} ${tags}`),
      skipped: skipped.map(({ name, reason }) => `${name}: ${reason}`),
    };
  };
  const visibility = async (path: string): Promise<string> =>
    (await at.sql.query('select visibility from repository where path = $1', [path])).rows[0].visibility;

  it('creates private repositories for unclaimed names that match, with their tags', async () => {
    assert.deepEqual(await outcome('old/*'), {
      adopted: ['old/one 1', 'old/three 1', 'old/two 2'],
      skipped: ['old/emptied: it has no tags'],
    });
    assert.deepEqual((await at.contents('old/two')).tags, at.fake.contents('old/two').tags);
    assert.equal((await at.row('old/one')).state, 'active');
    assert.equal(await visibility('old/one'), 'private');
    const { rows } = await at.sql.query(`select owner_id, origin from namespace where name = 'old'`);
    assert.deepEqual(rows, [{ owner_id: null, origin: 'import' }]);
  });

  it('skips claimed names, and says why', async () => {
    assert.deepEqual(await outcome('old/o*', 'public'), {
      adopted: [],
      skipped: ['old/one: the index has its images already'],
    });
    assert.equal(await visibility('old/one'), 'private');
    const { rows } = await at.sql.query<{ id: string }>(
      `insert into registry (name, url, host, service, kind, hook_secret_hash)
       values ('else', 'http://e', 'e', 'else', 'distribution2', '') returning id`,
    );
    await at.place('other/app', { registryId: rows[0]!.id });
    assert.deepEqual(await outcome('other/*'), {
      adopted: [],
      skipped: ['other/app: the repository is placed on another registry'],
    });
    await at.sql.query(`update repository set state = 'deleted' where path = 'other/app'`);
    assert.deepEqual(await outcome('other/*'), {
      adopted: [],
      skipped: ['other/app: the repository was deleted'],
    });
  });

  it('adopts a name without a slash only if it was added as official, under its registry path', async () => {
    assert.deepEqual(await outcome('*'), {
      adopted: [],
      skipped: ['centos: no official repository of this name was added'],
    });
    await at.place('library/centos', { registryId: null, state: 'active', official: true, registryPath: '' });
    assert.deepEqual(await outcome('centos'), { adopted: ['centos 1'], skipped: [] });
    const { rows } = await at.sql.query(`select registry_path from repository where path = 'library/centos'`);
    assert.deepEqual(rows, [{ registry_path: 'centos' }]);
    assert.deepEqual(await outcome('library/*'), {
      adopted: [],
      skipped: ['library/debian: no official repository of this name was added'],
    });
  });

  it('continues where it was interrupted', async () => {
    await pusher.push('late/app', imageOf('late'), 'v1');
    at.fake.fault = (path) => (path.includes('/late/app/manifests/') ? 500 : undefined);
    await assert.rejects(at.adopt('late/*'));
    at.fake.fault = () => undefined;
    assert.deepEqual(await outcome('late/*'), { adopted: ['late/app 1'], skipped: [] });
  });

  it('has patterns whose star stays inside a component, and whose other characters are literal', async () => {
    assert.deepEqual(await outcome('a/*'), { adopted: [], skipped: [] });
    assert.deepEqual(await outcome('o.d/one'), { adopted: [], skipped: [] });
    assert.deepEqual((await outcome('*/*/*')).skipped, ['a/b/c: it is not a valid repository name']);
  });

  it('adopts as many names as a reconcile counts, and none of what moves and deletions leave behind', async () => {
    await at.adopt('*/*');
    await at.adopt('*');
    assert.equal((await at.reconcile()).unclaimed, 0);
    const { rows } = await at.sql.query<{ id: string }>(`select id from registry where name = 'else'`);
    await at.place('left/behind', { registryId: rows[0]!.id, state: 'active' });
    await at.place('left/tombstone', { state: 'deleted' });
    await at.place('left/respelled', { registryPath: 'Left/Respelled' });
    await at.place('left/orphan', { registryId: null, state: 'hidden', registryPath: '' });
    await at.place('left/pending');
    for (const name of ['behind', 'tombstone', 'respelled', 'orphan', 'pending', 'unknown', 'a/b']) {
      at.fake.fill(`left/${name}`, imageOf(name), ['v1']);
    }
    at.fake.fill('left/emptied', imageOf('emptied'), []);
    at.fake.fill('unofficial', imageOf('unofficial'), ['v1']);
    const { unclaimed } = await at.reconcile();
    assert.deepEqual((await outcome('left/*')).adopted, ['left/orphan 1', 'left/unknown 1']);
    assert.deepEqual((await outcome('*')).adopted, []);
    assert.equal(unclaimed, 2);
    assert.equal((await at.reconcile()).unclaimed, 0);
  });
});
