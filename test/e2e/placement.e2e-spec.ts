import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { PlacementRulesService } from '@central-index/repositories';
import type { Actor } from '../support/client';
import { IndexUnderTest } from '../support/index-under-test';
import { createAdministrator } from '../support/users';

describe('placement rules', () => {
  let index: IndexUnderTest;
  let owner: Actor;
  let rules: PlacementRulesService;
  const operator = { name: ':test' };
  beforeAll(async () => {
    index = await IndexUnderTest.start();
    owner = await index.signUp('team-red');
    const olga = await createAdministrator(index, 'olga');
    for (const name of ['main', 'eu', 'us']) {
      await olga.post('/api/v1/admin/registries', { name, url: `http://${name}.example.org` });
    }
    rules = index.app.get(PlacementRulesService, { strict: false });
  });
  afterAll(() => index.stop());

  const push = (service: string, name: string) =>
    owner.get(`/token?service=${service}&scope=repository:${name}:pull,push`);
  const granted = async (service: string, name: string): Promise<string[]> => {
    const { status, json, text } = await push(service, name);
    assert.equal(status, 200, text);
    const { access } = JSON.parse(Buffer.from(json.token.split('.')[1], 'base64url').toString()) as {
      access: { actions: string[] }[];
    };
    return access.flatMap(({ actions }) => actions);
  };

  it('reject a first push to another registry, and name the right one', async () => {
    await rules.set('team-*', 'eu', operator);
    const refused = await push('main', 'team-red/app');
    assert.equal(refused.status, 403);
    assert.match(refused.json.details, /eu\.example\.org\/team-red\/app/);
    assert.deepEqual(await granted('eu', 'team-red/app'), ['pull', 'push']);
  });

  it('apply the longest matching pattern', async () => {
    await rules.set('team-red/us.*', 'us', operator);
    assert.equal((await push('eu', 'team-red/us.app')).status, 403);
    assert.deepEqual(await granted('us', 'team-red/us.app'), ['pull', 'push']);
    assert.equal((await push('us', 'team-red/us-app')).status, 403, 'a dot is a dot');
    assert.deepEqual(
      (await rules.list()).map(({ pattern, registry }) => `${pattern} ${registry}`),
      ['team-red/us.* us', 'team-*/* eu'],
    );
  });

  it('do not affect repositories that are already placed, and end when they are deleted', async () => {
    await rules.set('team-red/app', 'main', operator);
    assert.deepEqual(await granted('eu', 'team-red/app'), ['pull', 'push']);
    await rules.remove('team-*', operator);
    assert.deepEqual(await granted('main', 'team-red/free'), ['pull', 'push']);
    await assert.rejects(rules.remove('team-*', operator), { code: 'NOT_FOUND' });
  });

  it('reject patterns that match no name', async () => {
    for (const pattern of ['', 'a/b/c', 'team-*/', 'A*', '.*', "x'", 'x\\*']) {
      await assert.rejects(rules.set(pattern, 'eu', operator), { code: 'VALIDATION_FAILED' }, pattern);
    }
    await assert.rejects(rules.set('x-*', 'mars', operator), { code: 'NOT_FOUND' });
  });
});
