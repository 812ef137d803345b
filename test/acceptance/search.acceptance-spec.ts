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
      let stage: DockerFixture;
      let engine: DockerDaemon;
      let anybody: DockerUser;
      const term = (words: string) => `${stage.index.host}/${words}`;
      const names = async (words: string, ...options: string[]) =>
        (await anybody.search(term(words), ...options)).map(({ name }) => name);

      /** Builds and pushes as somebody who is logged in. */
      const push = async (who: string, name: string) => {
        const image = `${stage.registry.host}/${name}`;
        await engine.build(image);
        succeeded(await engine.createUser(who).push(image));
      };

      beforeAll(async () => {
        stage = await DockerFixture.start(generation);
        engine = await stage.docker();
        anybody = engine.createUser('anybody');
        for (const { name, password } of [alice, bob, olga]) {
          succeeded(await engine.createUser(name).login(stage.registry.host, name, password));
        }
        await stage.api(alice).createRepository('alice', { name: 'centos-shop', description: long });
        await stage.api(alice).createRepository('alice', { name: 'centos-vault', visibility: 'private' });
        await stage
          .api(alice)
          .createRepository('alice', { name: 'centos-plan', description: 'No image yet.' });
        succeeded(
          await stage.index.command(['official', 'add', 'centos', '--description', 'The CentOS image.']),
        );
        for (const name of ['alice/centos-shop:v1', 'alice/centos-vault:v1']) await push('alice', name);
        await push('bob', 'bob/centos-till:v1');
        await push('olga', 'centos:7');
        await until(5_000, () => stage.api(alice).tag('alice/centos-shop', 'v1'));
        for (const who of [alice, bob]) await stage.api(who).star('alice/centos-shop');
        await until(10_000, async () => {
          const rows = await anybody.search(term('centos'));
          return rows.length === 3 && rows.some(({ stars }) => stars === 2);
        });
      });
      afterAll(() => stage?.stop());

      it('finds an image within a second of its push', async () => {
        await push('bob', 'bob/quicksilver:v1');
        await until(1_000, async () => (await names('quicksilver')).includes('bob/quicksilver'));
      });

      it('shows the official image first, marked, and without a namespace', async () => {
        const [first, ...others] = await anybody.search(term('centos'));
        assert.deepEqual(first, {
          name: 'centos',
          description: 'The CentOS image.',
          stars: 0,
          official: true,
        });
        assert.deepEqual(others.map(({ name }) => name).sort(), ['alice/centos-shop', 'bob/centos-till']);
        assert.ok(others.every(({ official }) => !official));
      });

      it('prints the table that people know', async () => {
        const { stdout } = succeeded(await anybody.docker('search', term('centos')));
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
        assert.match(refused(await anybody.docker('search', '--limit', '101', term('centos'))), /limit/i);
      });

      it('gives descriptions whole, which the client shortens unless told otherwise', async () => {
        const descriptionOf = async (...options: string[]) =>
          (await anybody.search(term('alice/centos-shop'), ...options))[0]?.description;
        assert.equal(await descriptionOf('--no-trunc'), long);
        const short = await descriptionOf();
        assert.ok(short !== undefined && short.length < long.length && long.startsWith(short.slice(0, 30)));
      });

      it('shows a private image to its owner alone, and a repository without image to nobody', async () => {
        const owner = engine.createUser('alice');
        succeeded(await owner.login(stage.index.host, alice.name, alice.password));
        const found = async (person: DockerUser) =>
          (await person.search(term('centos'))).map(({ name }) => name);
        assert.ok((await found(owner)).includes('alice/centos-vault'));
        const other = engine.createUser('bob');
        succeeded(await other.login(stage.index.host, bob.name, bob.password));
        for (const person of [anybody, other]) {
          assert.equal((await found(person)).includes('alice/centos-vault'), false);
        }
        assert.equal((await found(owner)).includes('alice/centos-plan'), false);
      });

      it('answers a term that matches nothing with no rows, and an odd one without an error', async () => {
        assert.deepEqual(await names('nothing-like-this-here'), []);
        for (const odd of ['', 'alice/', 'centos:7', 'docker.io/library/centos', "'%_\\", 'ubunțu']) {
          assert.ok(Array.isArray(await names(odd)), odd);
        }
      });
    },
  );
}
