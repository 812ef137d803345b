import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, it } from '@jest/globals';
import fc from 'fast-check';
import { Client } from 'pg';
import { createTestDatabase, testSecretKey, type TestDatabase } from '../support/database';
import { imageOf, indexOf } from '../support/images';
import { RegistryUser } from '../support/registry-user';
import { eventually } from '../support/eventually';
import { Api } from './support/api';
import { NotificationProxy } from './support/notification-proxy';
import { temporaryFolder } from './support/environment';
import { succeeded } from './support/processes';
import { Product } from './support/product';
import { describeWithReal } from './support/describe-with-real';
import { registryKinds, registryProgram } from './support/programs';
import { BlobRegistry } from './support/registry';
import { alice } from './support/docker-fixture';
import { until } from './support/until';
import { readJson } from '../support/read-json';

const images = [imageOf('a'), imageOf('b'), indexOf(imageOf('a'), imageOf('c'))];
const tag = fc.constantFrom('v1', 'v2');
const image = fc.nat(images.length - 1);
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ action: fc.constant('push' as const), tag, image }) },
  { weight: 2, arbitrary: fc.record({ action: fc.constant('delete tag' as const), tag }) },
  { weight: 2, arbitrary: fc.record({ action: fc.constant('delete image' as const), image }) },
  { weight: 2, arbitrary: fc.record({ action: fc.constant('pull' as const), tag }) },
);
const numRuns = 100;

for (const kind of registryKinds) {
  describeWithReal(`event sequences of ${kind}`, [registryProgram(kind)], () => {
    let index: Product;
    let registry: BlobRegistry;
    let proxy: NotificationProxy;
    let database: TestDatabase;
    let client: Client;
    let number = 0;

    beforeAll(async () => {
      const folder = temporaryFolder();
      mkdirSync(join(folder, 'index'));
      registry = await BlobRegistry.prepare(kind, join(folder, 'registry'));
      database = await createTestDatabase();
      client = new Client({ connectionString: database.url });
      await client.connect();
      const settings = { RATE_LIMITS: 'off', DATABASE_URL: database.url, SECRET_KEY: testSecretKey };
      index = await Product.start(join(folder, 'index'), settings);
      proxy = await NotificationProxy.start();
      const file = join(folder, 'part.yml');
      const options = ['--url', registry.url, '--kind', registry.kind, '--hook-url', proxy.url];
      succeeded(await index.command(['registry', 'add', 'main', ...options, '--config', file]));
      await registry.start(readFileSync(file, 'utf8'));
      await new Api(index.url).signUp(alice);
    });
    afterAll(async () => {
      await registry?.stop();
      await index?.stop();
      await proxy?.stop();
      await client?.end();
      await database?.drop();
    });

    /** The tags and digests that the registry itself has for a repository. */
    const registryTags = async (path: string, token: string): Promise<Record<string, string>> => {
      const list = await readJson<{
        tags: string[] | null;
      }>(await registry.get(`/v2/${path}/tags/list`, token));
      const tags: Record<string, string> = {};
      for (const name of (list.tags ?? []).sort()) {
        const response = await registry.get(`/v2/${path}/manifests/${name}`, token, accept);
        await response.arrayBuffer();
        tags[name] = response.headers.get('docker-content-digest') ?? '';
      }
      return tags;
    };
    const isIdle = async (): Promise<boolean> =>
      (await client.query(`select from registry_event where state = 'pending'`)).rowCount === 0;

    it("end in the registry's state with each pull counted once, although notifications are shuffled and repeated", async () => {
      const property = fc.asyncProperty(
        fc.array(step, { minLength: 1, maxLength: 10 }),
        fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
        async (steps, chance) => {
          const path = `alice/history${(number += 1)}`;
          const api = new Api(index.url, alice);
          const token = await api.registryToken('main', `repository:${path}:pull,push,delete`);
          const user = new RegistryUser(registry.url, alice.name, 'main', () => token);
          let pulls = 0;
          for (const operation of steps) {
            if (operation.action === 'push') await user.push(path, images[operation.image]!, operation.tag);
            else if (operation.action === 'delete tag') await user.delete(path, operation.tag);
            else if (operation.action === 'delete image')
              await user.delete(path, images[operation.image]!.digest);
            else
              await user.pull(path, operation.tag).then(
                () => (pulls += 1),
                () => undefined,
              );
          }
          await user.push(path, images[1]!, 'end');
          await until(10_000, () => Promise.resolve(proxy.hasReceived(`"${path}"`, '"end"')));
          const notifications = proxy.drain();
          const shuffled = [...notifications, ...notifications]
            .map((notification) => ({ letter: notification, rank: chance.next().value as number }))
            .sort((a, b) => a.rank - b.rank);
          for (const { letter: notification } of shuffled) await proxy.deliver(index.url, notification);
          const expected = await registryTags(path, token);
          await eventually(async () => {
            // zot sends each event by itself, so some may still arrive. The others would report the reads of this test.
            const late = kind === 'zot' ? proxy.drain() : [];
            for (const notification of late) await proxy.deliver(index.url, notification);
            assert.ok(await isIdle());
            const stored = await api.tags(path);
            assert.deepEqual(Object.fromEntries(stored.map(({ name, digest }) => [name, digest])), expected);
          }, 20_000);
          // zot reports no reads.
          assert.equal((await api.repository(path))?.pulls, kind === 'zot' ? 0 : pulls);
        },
      );
      await fc.assert(property, { numRuns, endOnFailure: true });
    });
  });
}

const accept = ['application/vnd.oci.image.index.v1+json', 'application/vnd.oci.image.manifest.v1+json'].join(
  ', ',
);
