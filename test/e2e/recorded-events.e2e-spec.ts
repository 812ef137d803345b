import assert from 'node:assert/strict';
import { afterAll, beforeAll, it } from '@jest/globals';
import { RegistriesService } from '@central-index/registries';
import { Client } from 'pg';
import type { Actor } from '../support/client';
import { eventually } from '../support/eventually';
import { FakeRegistry } from '../support/fake-registry';
import { imageOf, indexOf, type TestImage } from '../support/images';
import { IndexUnderTest } from '../support/index-under-test';
import { recording } from '../support/recordings';
import type { Generation } from '../support/registry-event-bodies';
import { RegistryUser } from '../support/registry-user';
import { describeUnless } from '../support/jest';

interface Target {
  readonly repository: string;
  readonly mediaType?: string;
  readonly digest?: string;
  readonly tag?: string;
  readonly url?: string;
}
interface Line {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: { readonly events: readonly { readonly action: string; readonly target: Target }[] };
}
interface Expected {
  readonly tags: Readonly<Record<string, string>>;
  readonly pulls: string;
}

/** The recordings lack manifests. Each recorded digest is always replaced by the same synthetic image. */
const recordings: readonly [string, Generation, Readonly<Record<string, Expected>>][] = [
  [
    'registry-2.8.2-events.jsonl',
    '2.8',
    {
      'test/app': { tags: { '1': 'image' }, pulls: '2' },
      'test/app2': { tags: { '1': 'image' }, pulls: '0' },
      'skopeo/app': { tags: {}, pulls: '1' },
    },
  ],
  [
    'registry-3.1.2-events.jsonl',
    '3.x',
    {
      'alice/app': { tags: {}, pulls: '4' },
      'alice/two': { tags: { v1: 'image' }, pulls: '0' },
      // An image index was recorded together with its image.
      'alice/multi': { tags: { '1': 'index' }, pulls: '1' },
      'alice/sk': { tags: {}, pulls: '1' },
    },
  ],
];

for (const [file, generation, expected] of recordings) {
  const { missing, lines } = recording<Line>(file);
  describeUnless(missing, `replay of ${file}`, () => {
    let index: IndexUnderTest;
    let fake: FakeRegistry;
    let sql: Client;
    let notifier: Actor;
    beforeAll(async () => {
      index = await IndexUnderTest.start();
      fake = await FakeRegistry.start({ generation });
      sql = new Client({ connectionString: index.database.url });
      await sql.connect();
      await index.signUp('alice');
      const registries = index.app.get(RegistriesService, { strict: false });
      const { hookSecret } = await registries.add({ name: 'main', url: fake.url }, { name: ':test' });
      notifier = index.anonymous.bearer(hookSecret);
      for (const path of Object.keys(expected)) {
        const [namespace, name] = path.split('/');
        await sql.query(`insert into namespace (name, origin) values ($1, 'import') on conflict do nothing`, [
          namespace,
        ]);
        await sql.query(
          `with created as (
             insert into repository (namespace_id, path, name, state, registry_id, registry_path)
             select namespace.id, $2, $3, 'pending', registry.id, $2 from namespace, registry where namespace.name = $1
             returning id
           ) insert into push_grant select created.id, account.id from created, account`,
          [namespace, path, name],
        );
      }
    });
    afterAll(async () => {
      await sql.end();
      await fake.stop();
      await index.stop();
    });

    it("ends in the registry's final state, although each event arrives twice", async () => {
      const user = new RegistryUser(fake.url, 'alice');
      const images = imagesFor(lines);
      for (const [before, { headers, body }] of lines.entries()) {
        for (const { action, target } of body.events) await replay(user, images, action, target);
        const text = [...images].reduce(
          (result, [recorded, { digest }]) => result.replaceAll(recorded, digest),
          JSON.stringify(body),
        );
        for (let delivery = 0; delivery < 2; delivery += 1) {
          const response = await notifier.send('POST', '/hooks/registry/main', {
            body: text,
            headers: { 'content-type': headers['content-type']! },
          });
          assert.equal(response.status, 202);
        }
        // What was deleted before the index read it counts as never pushed.
        await eventually(async () => {
          const { rows } = await sql.query(`select state, count(*)::int as n from registry_event group by 1`);
          assert.deepEqual(rows, [{ state: 'applied', n: before + 1 }]);
        });
      }
      for (const [path, { tags, pulls }] of Object.entries(expected)) {
        const response = await index.anonymous.get(`/api/v1/repositories/${path}/tags`);
        const found = response.json.items.map((tag: { name: string; media_type: string; digest: string }) => {
          assert.equal(tag.digest, fake.contents(path).tags[tag.name]);
          return [tag.name, tag.media_type.includes('index') ? 'index' : 'image'];
        });
        assert.deepEqual(Object.fromEntries(found), tags, path);
        assert.equal(
          String((await index.anonymous.get(`/api/v1/repositories/${path}`)).json.pulls),
          pulls,
          path,
        );
      }
      const { rows } = await sql.query(
        'select distinct account.name from tag left join account on id = pushed_by_id',
      );
      assert.deepEqual(rows, [{ name: generation === '3.x' ? 'alice' : null }]);
    });
  });
}

const isManifest = ({ url }: Target): boolean => url?.includes('/manifests/') ?? false;

function imagesFor(lines: readonly Line[]): Map<string, TestImage> {
  const images = new Map<string, TestImage>();
  for (const { target } of lines.flatMap(({ body }) => body.events)) {
    if (!isManifest(target) || images.has(target.digest!)) continue;
    const image = imageOf(target.digest!);
    images.set(
      target.digest!,
      target.mediaType!.includes('index') ? indexOf([...images.values()][0]!) : image,
    );
  }
  return images;
}

/** Applies to the fake registry what the recorded event reports of the real one. */
async function replay(
  user: RegistryUser,
  images: ReadonlyMap<string, TestImage>,
  action: string,
  target: Target,
): Promise<void> {
  const image = images.get(target.digest ?? '');
  if (action === 'push' && image !== undefined) await user.push(target.repository, image, target.tag);
  if (action === 'delete') await user.delete(target.repository, image?.digest ?? target.tag!);
}
