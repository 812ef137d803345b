import assert from 'node:assert/strict';
import { afterAll, beforeAll, it } from '@jest/globals';
import type { DockerDaemon, DockerUser } from './support/docker-daemon';
import { until } from './support/until';
import { refused, succeeded } from './support/processes';
import { describeWithReal } from './support/describe-with-real';
import { dockerdProgram, generations, registryProgram } from './support/programs';
import { alice, bob, olga, DockerFixture } from './support/docker-fixture';

const long = 'Serves the pages of a small shop, with a basket, a till and a drawer for the receipts.';

for (const generation of generations) {
  describeWithReal(
    `docker search with ${generation}`,
    [dockerdProgram(), registryProgram(generation)],
    () => {
      let fixture: DockerFixture;
      let engine: DockerDaemon;
      let anonymous: DockerUser;
      const term = (words: string) => `${fixture.index.host}/${words}`;
      const names = async (words: string, ...options: string[]) =>
        (await anonymous.search(term(words), ...options)).map(({ name }) => name);

      /** Builds an image and pushes it as the given user. */
      const push = async (caller: string, name: string) => {
        const image = `${fixture.registry.host}/${name}`;
        await engine.build(image);
        succeeded(await engine.createUser(caller).push(image));
      };

      beforeAll(async () => {
        fixture = await DockerFixture.start(generation);
        engine = await fixture.docker();
        anonymous = engine.createUser('anonymous');
        for (const { name, password } of [alice, bob, olga]) {
          succeeded(await engine.createUser(name).login(fixture.registry.host, name, password));
        }
        await fixture.api(alice).createRepository('alice', { name: 'centos-shop', description: long });
        await fixture.api(alice).createRepository('alice', { name: 'centos-vault', visibility: 'private' });
        await fixture
          .api(alice)
          .createRepository('alice', { name: 'centos-plan', description: 'No image yet.' });
        succeeded(
          await fixture.index.command(['official', 'add', 'centos', '--description', 'The CentOS image.']),
        );
        for (const name of ['alice/centos-shop:v1', 'alice/centos-vault:v1']) await push('alice', name);
        await push('bob', 'bob/centos-till:v1');
        await push('olga', 'centos:7');
        await until(5_000, () => fixture.api(alice).tag('alice/centos-shop', 'v1'));
        for (const caller of [alice, bob]) await fixture.api(caller).star('alice/centos-shop');
        await until(10_000, async () => {
          const rows = await anonymous.search(term('centos'));
          return rows.length === 3 && rows.some(({ stars }) => stars === 2);
        });
      });
      afterAll(() => fixture?.stop());

      it('finds an image within a second of its push', async () => {
        await push('bob', 'bob/quicksilver:v1');
        await until(1_000, async () => (await names('quicksilver')).includes('bob/quicksilver'));
      });

      it('shows the official image first, marked, and without a namespace', async () => {
        const [first, ...others] = await anonymous.search(term('centos'));
        assert.deepEqual(first, {
          name: 'centos',
          description: 'The CentOS image.',
          stars: 0,
          official: true,
        });
        assert.deepEqual(others.map(({ name }) => name).sort(), ['alice/centos-shop', 'bob/centos-till']);
        assert.ok(others.every(({ official }) => !official));
      });

      it('prints the usual table', async () => {
        const { stdout } = succeeded(await anonymous.docker('search', term('centos')));
        const [head = '', first = ''] = stdout.split('\n');
        assert.match(head, /^NAME +DESCRIPTION +STARS +OFFICIAL/);
        assert.match(first, /^centos +The CentOS image\. +0 +\[OK\]/);
      });

      it('filters by stars and by official mark', async () => {
        assert.deepEqual(await names('centos', '--filter', 'stars=2'), ['alice/centos-shop']);
        assert.deepEqual(await names('centos', '--filter', 'stars=3'), []);
        assert.deepEqual(await names('centos', '--filter', 'is-official=true'), ['centos']);
        const others = await names('centos', '--filter', 'is-official=false');
        assert.deepEqual(others.sort(), ['alice/centos-shop', 'bob/centos-till']);
      });

      it('limits the rows', async () => {
        assert.deepEqual(await names('centos', '--limit', '1'), ['centos']);
        assert.equal((await names('centos', '--limit', '2')).length, 2);
        assert.equal((await names('centos', '--limit', '100')).length, 3);
        assert.match(refused(await anonymous.docker('search', '--limit', '101', term('centos'))), /limit/i);
      });

      it('returns whole descriptions, which the client truncates by default', async () => {
        const descriptionOf = async (...options: string[]) =>
          (await anonymous.search(term('alice/centos-shop'), ...options))[0]?.description;
        assert.equal(await descriptionOf('--no-trunc'), long);
        const short = await descriptionOf();
        assert.ok(short !== undefined && short.length < long.length && long.startsWith(short.slice(0, 30)));
      });

      it('shows a private image to its owner only, and hides a repository without images', async () => {
        const owner = engine.createUser('alice');
        succeeded(await owner.login(fixture.index.host, alice.name, alice.password));
        const search = async (user: DockerUser) =>
          (await user.search(term('centos'))).map(({ name }) => name);
        assert.ok((await search(owner)).includes('alice/centos-vault'));
        const other = engine.createUser('bob');
        succeeded(await other.login(fixture.index.host, bob.name, bob.password));
        for (const user of [anonymous, other]) {
          assert.equal((await search(user)).includes('alice/centos-vault'), false);
        }
        assert.equal((await search(owner)).includes('alice/centos-plan'), false);
      });

      it('prints no rows for a term without matches, and no error for unusual terms', async () => {
        assert.deepEqual(await names('nothing-like-this-here'), []);
        for (const odd of ['', 'alice/', 'centos:7', 'docker.io/library/centos', "'%_\\", 'ubunțu']) {
          assert.ok(Array.isArray(await names(odd)), odd);
        }
      });
    },
  );
}
