import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { Database, sql } from '@central-index/platform/database';
import { runCommand } from '../support/cli';
import type { Actor, JsonValue } from '../support/client';
import { eventually } from '../support/eventually';
import { FakeRegistry } from '../support/fake-registry';
import { imageOf } from '../support/images';
import { IndexUnderTest } from '../support/index-under-test';
import { chainOf, imageId, OldDocker, tokenOf } from '../support/old-docker';
import { addOfficial, grantedAccess, markActive, promote, register } from '../support/token-fixtures';
import { V1Registry } from '../support/v1-registry';

describe('administration of v1 registries', () => {
  let index: IndexUnderTest;
  let classic: V1Registry;
  let modern: FakeRegistry;
  let [alice, bob, olga]: Actor[] = [];
  const old = (): OldDocker => new OldDocker(alice!);

  beforeAll(async () => {
    index = await IndexUnderTest.start();
    classic = await V1Registry.start(() => index.url);
    modern = await FakeRegistry.start({ service: 'modern' });
    await register(index, { name: 'classic', url: classic.url, kind: 'v1' });
    await register(index, { name: 'later', url: 'http://127.0.0.1:9', host: 'later.example', kind: 'v1' });
    await register(index, { name: 'modern', url: modern.url, host: 'modern.example' });
    [alice, bob, olga] = [
      await index.signUp('alice'),
      await index.signUp('bobby'),
      await index.signUp('olga'),
    ];
    await promote(index, 'olga');
    await old().push('alice/relic', chainOf(['relic'], 'latest', 'old'));
    await eventually(async () =>
      assert.equal((await alice!.get('/api/v1/repositories/alice/relic')).json.tags, 2),
    );
    await grantedAccess(alice, 'modern', 'repository:alice/app:push,pull');
    modern.fill('alice/app', imageOf('app'), ['v1']);
    await markActive(index, 'alice/app');
  });
  afterAll(async () => {
    await classic.stop();
    await modern.stop();
    await index.stop();
  });

  describe('token explain', () => {
    const explain = async (
      account: string | undefined,
      service: string,
      ...scopes: string[]
    ): Promise<JsonValue> => {
      const query = new URLSearchParams({ service, ...(account !== undefined && { account }) });
      scopes.forEach((scope) => query.append('scope', scope));
      const response = await olga!.get(`/api/v1/admin/token-explanation?${query.toString()}`);
      assert.equal(response.status, 200, response.text);
      return response.json;
    };
    const verdicts = async (account: string | undefined, service: string, scope: string): Promise<string> => {
      const { scopes } = await explain(account, service, scope);
      return (scopes[0].verdicts as { action: string; granted: boolean }[])
        .map(({ action, granted }) => `${granted ? '+' : '-'}${action}`)
        .join(' ');
    };

    it('says what the tokens of a v1 registry are, and why /token has none', async () => {
      const explanation = await explain('alice', 'classic', 'repository:alice/relic:pull,push,delete,fly');
      assert.deepEqual(explanation.granted, []);
      assert.match(explanation.refused, /\/token issue no token for a v1 registry/);
      assert.match(explanation.refused, /\/v1\/repositories\//);
      assert.match(explanation.steps[1].message, /classic \(v1\).*valid for 3600 s.*decides again/);
      assert.deepEqual(explanation.lines.slice(2, -1), [
        'scope repository:alice/relic:pull,push,delete,fly',
        '  tokens: parsed as repository "alice/relic", actions pull, push, delete, fly',
        '  repositories: alice/relic is active, public, on the registry classic as alice/relic',
        '  pull granted by namespaces: the namespace belongs to the account: access=read',
        '  push granted by namespaces: the namespace belongs to the account: access=write',
        '  delete granted by namespaces: the namespace belongs to the account: access=delete',
        '  fly refused by tokens: tokens of the v1 protocol have no such access',
      ]);
      assert.equal((await alice!.get('/token?service=classic')).status, 400);
    });

    it('agrees with what clients get', async () => {
      const all = (name: string): string => `repository:${name}:pull,push,delete`;
      assert.equal(await verdicts('alice', 'classic', all('alice/relic')), '+pull +push +delete');
      assert.equal(await verdicts('bobby', 'classic', all('alice/relic')), '+pull -push -delete');
      assert.equal(await verdicts(undefined, 'classic', all('alice/relic')), '+pull -push -delete');
      assert.equal(await verdicts('olga', 'classic', all('alice/relic')), '+pull -push +delete');
      assert.equal(await verdicts('alice', 'classic', 'repository:alice/relic:*'), '+pull +push +delete');
      // A first push goes to the v1 registry that was added first.
      assert.equal(await verdicts('alice', 'classic', all('alice/unborn')), '-pull +push -delete');
      assert.equal(await verdicts('alice', 'later', all('alice/unborn')), '-pull -push -delete');
      assert.equal(await verdicts('alice', 'classic', all('alice/app')), '-pull -push -delete');
      assert.equal(await verdicts('alice', 'classic', 'registry:catalog:*'), '-pull -push -delete');
      assert.equal(await verdicts('alice', 'classic', 'repository:a/b/c:pull'), '-pull');
      assert.equal((await old().openPull('alice/relic')).status, 200);
      assert.equal((await new OldDocker(bob!).openPull('alice/relic')).status, 200);
      assert.equal((await new OldDocker(bob!).begin('alice/relic', [])).status, 403);
      assert.equal((await old().openPull('alice/unborn')).status, 404);
      assert.equal((await old().openPull('alice/app')).status, 404);
      const left = await index.app
        .get(Database)
        .query(sql(`select from repository where path = 'alice/unborn'`));
      assert.deepEqual(left, [], 'an explanation changes nothing');
    });

    it('is printed by the command', async () => {
      const scope = ['--scope', 'repository:alice/relic:push'];
      const { code, stdout } = await runCommand(
        index,
        ...['token', 'explain', '--account', 'bobby', '--service', 'classic', ...scope],
      );
      assert.equal(code, 0);
      assert.match(stdout, /push refused by namespaces: the namespace does not belong to the account/);
      assert.match(stdout, /^refused: .*\/v1\/repositories\//m);
    });
  });

  it('changes their hosts, and says what of it concerns them', async () => {
    const { code, stdout } = await runCommand(
      index,
      ...['registry', 'set', 'later', '--host', 'one.example,two.example:5000', '--token-ttl', '1800'],
    );
    assert.equal(code, 0);
    assert.match(stdout, /clients are sent to one\.example,two\.example:5000/);
    assert.match(stdout, /asks about tokens at PUBLIC_URL, and these live 1800 s/);
    const refused = await runCommand(index, 'registry', 'set', 'modern', '--host', 'one.example,two.example');
    assert.notEqual(refused.code, 0);
  });

  describe('moves', () => {
    const move = (name: string, to: string): ReturnType<typeof runCommand> =>
      runCommand(index, 'registry', 'move', name, to);
    const registryOf = async (name: string): Promise<unknown> =>
      (await alice!.get(`/api/v1/repositories/${name}`)).json.registry;

    it('are refused between the protocols, with words that say what to do', async () => {
      const rows: [name: string, to: string, texts: RegExp[]][] = [
        [
          'alice/relic',
          'modern',
          [
            /images on classic have the format of the v1 protocol/,
            /push it to modern\.example\/alice\/relic/,
          ],
        ],
        [
          'alice/app',
          'classic',
          [/classic is a registry of the v1 protocol/, /registry place alice\/app classic/, /Docker 1\.10/],
        ],
        ['alice/relic', 'later', [/not copied between registries/, /registry place alice\/relic later/]],
      ];
      for (const [name, to, texts] of rows) {
        const from = await registryOf(name);
        const { code, stdout, stderr } = await move(name, to);
        assert.notEqual(code, 0, name);
        assert.equal(stdout, '');
        for (const text of [...texts, /was not moved/, /delete the repository here/]) {
          assert.match(stderr, text);
        }
        const response = await olga!.post(`/api/v1/admin/repositories/${name}/move`, { registry: to });
        assert.equal(response.status, 409, response.text);
        assert.equal(response.json.errors[0].code, 'REPOSITORY_NOT_MOVED');
        assert.equal(await registryOf(name), from);
      }
      assert.equal((await old().openPull('alice/relic')).status, 200);
    });

    it('can be done manually, as the refusal says', async () => {
      const name = 'alice/carried';
      assert.match(await grantedAccess(alice!, 'modern', `repository:${name}:push,pull`), /push/);
      modern.fill(name, imageOf('carried'), ['v1']);
      await markActive(index, name);
      assert.equal((await alice!.delete(`/api/v1/repositories/${name}`)).status, 204);
      const placed = await runCommand(index, 'registry', 'place', name, 'classic');
      assert.equal(placed.code, 0, placed.stderr);
      await old().push(name, chainOf(['carried'], 'latest'));
      assert.equal(await registryOf(name), 'classic');
    });

    it('of a repository to where it is change nothing', async () => {
      const { code, stderr } = await move('alice/relic', 'classic');
      assert.equal(code, 0, stderr);
      assert.equal((await alice!.get('/api/v1/repositories/alice/relic')).json.tags, 2);
    });

    it('take an orphaned repository to the registry that was added again', async () => {
      await addOfficial(index, 'ancient');
      await new OldDocker(olga!).push('ancient', chainOf(['ancient'], 'latest'));
      await eventually(async () =>
        assert.equal((await alice!.get('/api/v1/repositories/library/ancient')).json.tags, 1),
      );
      const removed = await runCommand(index, 'registry', 'remove', 'classic', '--orphan');
      assert.equal(removed.code, 0, removed.stderr);
      assert.equal((await index.anonymous.get('/api/v1/repositories/alice/relic')).status, 404);
      await register(index, { name: 'again', url: classic.url, kind: 'v1' });
      for (const name of ['alice/relic', 'ancient']) {
        const { code, stderr } = await move(name, 'again');
        assert.equal(code, 0, stderr);
      }
      const { json } = await index.anonymous.get('/api/v1/repositories/alice/relic');
      assert.deepEqual([json.registry, json.tags], ['again', 2]);
      assert.deepEqual(await new OldDocker(index.anonymous).pull('ancient'), { latest: imageId('ancient') });
      const token = tokenOf(await old().openPull('alice/relic'));
      assert.match(token, /repository="alice\/relic",access=read/);
    });
  });
});
