import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { ReconcilerService, RegistryDoctor } from '@central-index/registry-sync';
import type { Actor } from '../support/client';
import { eventually } from '../support/eventually';
import { IndexUnderTest } from '../support/index-under-test';
import { chainOf, endpointsOf, imageId, OldDocker } from '../support/old-docker';
import { promote, register } from '../support/token-fixtures';
import { V1Registry } from '../support/v1-registry';

describe('registries of the v1 protocol', () => {
  let index: IndexUnderTest;
  let registry: V1Registry;
  let alice: Actor;
  let endpoint: string | undefined;

  const failures = async (name = 'classic'): Promise<string[]> => {
    const checks = await index.app.get(RegistryDoctor, { strict: false }).diagnose(name);
    return checks.filter(({ status }) => status === 'failed').map((check) => check.name);
  };

  beforeAll(async () => {
    index = await IndexUnderTest.start();
    registry = await V1Registry.start(() => endpoint ?? index.url);
    await register(index, { name: 'classic', url: registry.url, kind: 'v1' });
    alice = await index.signUp('alice');
  });
  afterAll(async () => {
    await registry.stop();
    await index.stop();
  });

  it('pass the doctor, which finds what would stop their clients', async () => {
    assert.deepEqual(await failures(), []);
    registry.isStandalone = true;
    assert.deepEqual(await failures(), ['ping', 'anonymous', 'foreign-token']);
    registry.isStandalone = false;
    endpoint = 'http://127.0.0.1:9';
    assert.ok((await failures()).includes('token'));
    endpoint = undefined;
    registry.failure = 503;
    assert.deepEqual(await failures(), ['ping', 'anonymous', 'token', 'foreign-token']);
    registry.failure = undefined;
    await register(index, { name: 'absent', url: 'https://127.0.0.1:9', kind: 'v1' });
    assert.deepEqual(await failures('absent'), ['reachable']);
  });

  it('are reconciled: a push whose client never came back is found, and what is gone is deleted', async () => {
    const docker = new OldDocker(alice);
    const images = chainOf(['lost'], 'latest', 'old');
    await docker.begin('alice/lost', images);
    registry.images.set(imageId('lost'), {
      json: Buffer.from(JSON.stringify({ id: imageId('lost'), os: 'linux', architecture: 'arm' })),
    });
    registry.tags.set('alice/lost', new Map(['latest', 'old'].map((tag) => [tag, imageId('lost')])));
    const reconciler = index.app.get(ReconcilerService, { strict: false });
    const found = await reconciler.reconcile('classic', { full: true });
    assert.deepEqual([found.added, found.error], [2, null]);
    const tags = (await alice.get('/api/v1/repositories/alice/lost/tags')).json.items;
    assert.deepEqual(
      tags.map((tag: { name: string; platforms: { architecture: string }[] }) => [
        tag.name,
        tag.platforms[0]?.architecture,
      ]),
      [
        ['latest', 'arm'],
        ['old', 'arm'],
      ],
    );
    registry.tags.get('alice/lost')!.delete('old');
    assert.equal((await reconciler.reconcile('classic', { full: true })).deleted, 0);
    assert.equal((await reconciler.reconcile('classic', { full: true })).deleted, 1);
    registry.failure = 500;
    assert.notEqual((await reconciler.reconcile('classic')).error, null);
    registry.failure = undefined;
    assert.equal((await alice.get('/api/v1/repositories/alice/lost')).json.tags, 1);
  });

  it('delete tags that are deleted here', async () => {
    await new OldDocker(alice).push('alice/trimmed', chainOf(['trimmed'], 'keep', 'drop'));
    await eventually(async () =>
      assert.equal((await alice.get('/api/v1/repositories/alice/trimmed')).json.tags, 2),
    );
    const response = await alice.delete('/api/v1/repositories/alice/trimmed/tags/drop');
    assert.ok(response.status < 300, response.text);
    await eventually(() =>
      Promise.resolve(assert.deepEqual([...registry.tags.get('alice/trimmed')!.keys()], ['keep'])),
    );
  });

  it('get the pushes that a rule chooses, and clients are sent to each of their hosts', async () => {
    await register(index, {
      name: 'second',
      url: 'http://127.0.0.1:9',
      host: 'one.example:5000,two.example',
      kind: 'v1',
    });
    const chief = await index.signUp('chief');
    await promote(index, 'chief');
    const rule = { pattern: 'alice/ruled', registry: 'second' };
    const put = await chief.put('/api/v1/admin/placement-rules', rule);
    assert.ok(put.status < 300, put.text);
    const begun = await new OldDocker(alice).begin('alice/ruled', []);
    assert.deepEqual([begun.status, endpointsOf(begun)], [200, ['one.example:5000', 'two.example']]);
    const other = await new OldDocker(alice).begin('alice/unruled', []);
    assert.deepEqual(endpointsOf(other), [registry.host]);
  });
});
