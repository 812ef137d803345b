import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { FakeRegistry } from '../../../../test/support/fake-registry';
import { imageOf, indexOf } from '../../../../test/support/images';
import { RegistryUser } from '../../../../test/support/registry-user';
import { RegistryFixture } from '../../../../test/support/registry-fixture';

describe('moving a repository', () => {
  let at: RegistryFixture;
  let eu: FakeRegistry;
  let alice: RegistryUser;
  beforeAll(async () => {
    at = await RegistryFixture.start('2.8');
    eu = await FakeRegistry.start({ service: 'eu' });
    await at.addRegistry('eu', eu.url);
    alice = new RegistryUser(at.fake.url, 'alice');
  });
  afterAll(async () => {
    await eu.stop();
    await at.stop();
  });
  const placementOf = async (path: string): Promise<string> => {
    const { rows } = await at.sql.query(
      'select registry.name from repository join registry on registry.id = registry_id where path = $1',
      [path],
    );
    return rows[0]?.name;
  };

  it('copies everything and places it there', async () => {
    await at.place('alice/app');
    const [one, two] = [imageOf('one'), imageOf('two')];
    await alice.push('alice/app', one, 'v1');
    await alice.push('alice/app', indexOf(one, two), 'multi');
    await alice.push('alice/app', two, 'latest');
    await at.deliverAndApply();
    const before = await at.contents('alice/app');
    const move = await at.move('alice/app', 'eu');
    assert.deepEqual(move, { name: 'alice/app', from: 'main', to: 'eu', tags: 3 });
    assert.equal(await placementOf('alice/app'), 'eu');
    assert.deepEqual(eu.contents('alice/app'), at.fake.contents('alice/app'));
    assert.deepEqual(await at.contents('alice/app'), before);
  });

  it('leaves the repository where it is when the copy fails, and continues when it is repeated', async () => {
    await at.place('alice/big');
    await alice.push('alice/big', imageOf('a'), 'v1');
    await alice.push('alice/big', imageOf('b'), 'v2');
    await at.deliverAndApply();
    eu.fault = (path) => (path.includes('/manifests/v2') ? 500 : undefined);
    await assert.rejects(at.move('alice/big', 'eu'), { code: 'REGISTRY_ERROR' });
    assert.equal(await placementOf('alice/big'), 'main');
    eu.fault = () => undefined;
    assert.equal((await at.move('alice/big', 'eu')).tags, 2);
    assert.equal((await at.move('alice/big', 'eu')).tags, 2, 'a third time changes nothing');
  });

  it('copies what was pushed meanwhile', async () => {
    await at.place('alice/busy');
    await alice.push('alice/busy', imageOf('first'), 'v1');
    await at.deliverAndApply();
    let pushed = false;
    eu.beforeResponse = async () => {
      if (pushed) return;
      pushed = true;
      await alice.push('alice/busy', imageOf('late'), 'late');
      await at.deliverAndApply();
    };
    assert.equal((await at.move('alice/busy', 'eu')).tags, 2);
    assert.deepEqual(Object.keys(eu.contents('alice/busy').tags), ['late', 'v1']);
  });

  it('deletes the source on request, except what was pushed there since', async () => {
    await at.place('alice/tidy');
    const [one, two] = [imageOf('one'), imageOf('two')];
    await alice.push('alice/tidy', indexOf(one, two), 'multi');
    await alice.push('alice/tidy', one, 'v1');
    await at.deliverAndApply();
    await at.move('alice/tidy', 'eu', { deleteSource: true });
    // With a token that was issued before the move.
    await alice.push('alice/tidy', imageOf('late'), 'late');
    const moved = eu.contents('alice/tidy');
    await assert.rejects(at.move('alice/tidy', 'main'), /still being deleted/);
    await at.deleteMovedSources();
    assert.deepEqual(Object.keys(at.fake.contents('alice/tidy').tags), ['late']);
    assert.deepEqual(at.fake.contents('alice/tidy').digests, [imageOf('late').digest]);
    assert.deepEqual(eu.contents('alice/tidy'), moved);
    const { rows } = await at.sql.query(
      `select detail from audit_event where action = 'repository.images-kept' and subject = 'alice/tidy'`,
    );
    assert.deepEqual(rows, [{ detail: { manifests: 1, reason: 'they were pushed there after the move' } }]);
    assert.equal((await at.move('alice/tidy', 'main')).tags, 3, 'and may be moved back');
    await at.deleteMovedSources();
    assert.equal(Object.keys(at.fake.contents('alice/tidy').tags).length, 3);
  });

  it('does not delete from the registry to which the repository was moved back', async () => {
    await at.place('alice/back');
    await alice.push('alice/back', imageOf('back'), 'v1');
    await at.deliverAndApply();
    await at.move('alice/back', 'eu', { deleteSource: true });
    await at.sql.query(
      `update repository set registry_id = (select id from registry where name = 'main') where path = 'alice/back'`,
    );
    await at.deleteMovedSources();
    assert.deepEqual(Object.keys(at.fake.contents('alice/back').tags), ['v1']);
  });

  it('parks no events of the index’s own pushes and deletions', async () => {
    await at.place('alice/quiet');
    await alice.push('alice/quiet', imageOf('quiet'), 'v1');
    await at.deliverAndApply();
    await at.discardEvents();
    await at.move('alice/quiet', 'eu', { deleteSource: true });
    await at.deleteMovedSources();
    await at.deliverAndApply();
    assert.deepEqual(await at.eventCounts(), { applied: (await at.eventCounts()).applied });
    const { action, actor } = { action: 'push', actor: { name: ':index' } };
    const target = { mediaType: imageOf('quiet').mediaType, repository: 'alice/quiet', tag: 'v1' };
    await at.deliver([{ id: 'copied', action, actor, target }]);
    await at.deliver([{ id: 'by alice', action, actor: { name: 'alice' }, target }]);
    await at.apply();
    const { rows } = await at.sql.query(`select event_id from registry_event where state = 'parked'`);
    assert.deepEqual(rows, [{ event_id: 'by alice' }]);
  });

  it('reports what does not exist', async () => {
    await assert.rejects(at.move('alice/nothing', 'eu'), { code: 'NOT_FOUND' });
    await assert.rejects(at.move('alice/app', 'mars'), { code: 'NOT_FOUND' });
  });
});
