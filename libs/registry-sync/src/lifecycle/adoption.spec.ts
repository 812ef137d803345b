import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { imageOf, indexOf } from '../../../../test/support/images';
import { RegistryUser } from '../../../../test/support/registry-user';
import { RegistryFixture } from '../../../../test/support/registry-fixture';

describe('adoption', () => {
  let at: RegistryFixture;
  let stranger: RegistryUser;
  beforeAll(async () => {
    at = await RegistryFixture.start('3.x');
    stranger = new RegistryUser(at.fake.url, 'stranger');
    // Names of every sort, more than a page of the catalog.
    for (const path of [
      'old/one',
      'old/two',
      'old/three',
      'other/app',
      'centos',
      'library/debian',
      'a/b/c',
    ]) {
      await stranger.push(path, imageOf(path), 'v1');
    }
    await stranger.push('old/two', indexOf(imageOf('old/two')), 'multi');
    await stranger.push('old/emptied', imageOf('x'), 'v1');
    await stranger.delete('old/emptied', imageOf('x').digest);
    at.fake.drainEvents();
  });
  afterAll(() => at.stop());

  const outcome = async (
    ...args: Parameters<RegistryFixture['adopt']>
  ): Promise<{ adopted: string[]; left: string[] }> => {
    const { adopted, skipped } = await at.adopt(...args);
    return {
      adopted: adopted.map(({ name, tags }) => `${name} ${tags}`),
      left: skipped.map(({ name, reason }) => `${name}: ${reason}`),
    };
  };
  const visibility = async (path: string): Promise<string> =>
    (await at.sql.query('select visibility from repository where path = $1', [path])).rows[0].visibility;

  it('makes private repositories of unclaimed names that match, with what lies there', async () => {
    assert.deepEqual(await outcome('old/*'), {
      adopted: ['old/one 1', 'old/three 1', 'old/two 2'],
      left: ['old/emptied: it has no tags'],
    });
    assert.deepEqual((await at.contents('old/two')).tags, at.fake.contents('old/two').tags);
    assert.equal((await at.row('old/one')).state, 'active');
    assert.equal(await visibility('old/one'), 'private');
    const { rows } = await at.sql.query(`select owner_id, origin from namespace where name = 'old'`);
    assert.deepEqual(rows, [{ owner_id: null, origin: 'import' }]);
  });

  it('leaves what is claimed as it is, and says why', async () => {
    assert.deepEqual(await outcome('old/o*', 'public'), {
      adopted: [],
      left: ['old/one: it is known already'],
    });
    assert.equal(await visibility('old/one'), 'private');
    const { rows } = await at.sql.query<{ id: string }>(
      `insert into registry (name, url, host, service, kind, hook_secret_hash)
       values ('else', 'http://e', 'e', 'else', 'distribution2', '') returning id`,
    );
    await at.place('other/app', { registryId: rows[0]!.id });
    assert.deepEqual(await outcome('other/*'), {
      adopted: [],
      left: ['other/app: the repository is placed on another registry'],
    });
    await at.sql.query(`update repository set state = 'deleted' where path = 'other/app'`);
    assert.deepEqual(await outcome('other/*'), {
      adopted: [],
      left: ['other/app: the repository was deleted'],
    });
  });

  it('takes a name without a slash only if it was added as official, under the spelling it has there', async () => {
    assert.deepEqual(await outcome('*'), {
      adopted: [],
      left: ['centos: no official repository of this name was added'],
    });
    await at.place('library/centos', { registryId: null, state: 'active', official: true, registryPath: '' });
    assert.deepEqual(await outcome('centos'), { adopted: ['centos 1'], left: [] });
    const { rows } = await at.sql.query(`select registry_path from repository where path = 'library/centos'`);
    assert.deepEqual(rows, [{ registry_path: 'centos' }]);
    assert.deepEqual(await outcome('library/*'), {
      adopted: [],
      left: ['library/debian: no official repository of this name was added'],
    });
  });

  it('goes on where it was interrupted', async () => {
    await stranger.push('late/app', imageOf('late'), 'v1');
    at.fake.fault = (path) => (path.includes('/late/app/manifests/') ? 500 : undefined);
    await assert.rejects(at.adopt('late/*'));
    at.fake.fault = () => undefined;
    assert.deepEqual(await outcome('late/*'), { adopted: ['late/app 1'], left: [] });
  });

  it('has a pattern whose star stays inside a component, and whose other characters mean themselves', async () => {
    assert.deepEqual(await outcome('a/*'), { adopted: [], left: [] });
    assert.deepEqual(await outcome('o.d/one'), { adopted: [], left: [] });
    assert.deepEqual((await outcome('*/*/*')).left, ['a/b/c: no repository of the index can have this name']);
  });
});
