import type { Client } from 'pg';
import type { Actor } from '../client';
import { eventually } from '../eventually';
import type { FakeRegistry } from '../fake-registry';
import { artifactOf, indexOf, type TestImage } from '../images';
import type { IndexUnderTest } from '../index-under-test';
import { insertPushedTags } from '../push-fixture';
import { RegistryUser } from '../registry-user';
import { grantedAccess, requestToken } from '../token-fixtures';
import { fullImageOf } from './page-images';
import {
  appDescription,
  centosDescription,
  chineseDescription,
  hostileDescription,
  readme,
} from './page-texts';

/** Who fills a world, and where. */
export interface PageWorldActors {
  readonly index: IndexUnderTest;
  readonly sql: Client;
  readonly registry: FakeRegistry;
  /** The registry's notifications. */
  readonly notifier: Actor;
  readonly alice: Actor;
  readonly olga: Actor;
}

const eventType = 'application/vnd.docker.distribution.events.v1+json';
/** More than one page of search results. */
const moreRepositories = 27;

/** Fills a world so that every page of the list has something to show. */
export async function fillPageWorld(actors: PageWorldActors): Promise<void> {
  const { index, alice, olga } = actors;
  await createRepositories(actors);
  await pushImages(actors);
  await olga.put('/api/v1/repositories/alice/app/star');
  await alice.put('/api/v1/repositories/library/centos/star');
  await must(
    alice.post('/api/v1/user/tokens', { label: 'ci <b>', permissions: ['pull'], repositories: ['alice/*'] }),
  );
  await must(requestToken(alice, 'main', [], { offline_token: 'true', client_id: 'docker' }));
  await must(olga.post('/api/v1/admin/registries/main/reconcile', {}));
  await eventually(async () => {
    const { json } = await index.anonymous.get('/api/v1/search?q=app');
    if (json.total < moreRepositories) throw new Error(`search finds ${json.total} repositories`);
    const operations = (await olga.get('/api/v1/admin/operations')).json;
    if (operations.items[0].finished_at === null) throw new Error('the reconcile is still running');
  });
}

async function createRepositories({ index, sql, alice, olga }: PageWorldActors): Promise<void> {
  const create = (name: string, more: object): Promise<unknown> =>
    must(alice.post('/api/v1/namespaces/alice/repositories', { name, ...more }));
  await create('app', { description: appDescription, readme });
  await create('hostile', { description: hostileDescription, readme: hostileDescription });
  await create('secret', { description: 'A secret', visibility: 'private' });
  await create('empty', { description: chineseDescription });
  for (let n = 1; n <= moreRepositories; n += 1) {
    const name = `app-${String(n).padStart(2, '0')}`;
    await create(name, {});
    await insertPushedTags(index, `alice/${name}`, ['latest'], 'alice');
    // The change is what search is notified of.
    await must(
      alice.patch(`/api/v1/repositories/alice/${name}`, { description: `${chineseDescription} ${n}` }),
    );
  }
  await sql.query(`insert into tag_history (repository_id, tag, digest, pushed_at, pushed_by_id, reported)
    select repository_id, name, digest, pushed_at, pushed_by_id, reported from tag`);
  await must(olga.put('/api/v1/admin/official/centos', { description: centosDescription }));
}

async function pushImages(actors: PageWorldActors): Promise<void> {
  const { alice, olga } = actors;
  const push = async (pusher: Actor, path: string, ...images: [TestImage, string][]): Promise<void> => {
    await grantedAccess(pusher, 'main', `repository:${path}:push,pull`);
    const user = new RegistryUser(actors.registry.url, pusher.name);
    for (const [image, tag] of images) await user.push(path, image, tag);
    await notify(actors);
  };
  const image = fullImageOf('1.0');
  await push(alice, 'alice/app', [fullImageOf('0.9'), 'v1']);
  await push(
    alice,
    'alice/app',
    [image, 'v1'],
    [indexOf(image, fullImageOf('1.0', 'arm64')), 'multi'],
    [artifactOf('sbom', { artifactType: 'application/spdx+json', subject: image }), 'sbom'],
    [signatureOf(), `${image.digest.replace(':', '-')}.sig`],
  );
  await push(alice, 'alice/hostile', [fullImageOf('2.0'), 'latest']);
  await push(olga, 'centos', [fullImageOf('7'), '7']);
  await new RegistryUser(actors.registry.url, 'olga').pull('alice/app', 'v1');
  await notify(actors);
  // An event that stays parked.
  await report(actors.notifier, 'no JSON');
}

const signatureOf = (): TestImage =>
  artifactOf('signature', { layerType: 'application/vnd.dev.cosign.simplesigning.v1+json' });

/** Delivers the events of the registry since the last call. */
export async function reportEvents({ registry, notifier }: PageWorldActors): Promise<void> {
  const events = registry.drainEvents();
  if (events.length > 0) await report(notifier, JSON.stringify({ events }));
}

async function notify(actors: PageWorldActors): Promise<void> {
  await reportEvents(actors);
  await eventually(async () => {
    const { rows } = await actors.sql.query(`select from registry_event where state = 'pending'`);
    if (rows.length > 0) throw new Error(`${rows.length} events are pending`);
  });
}

const report = (notifier: Actor, body: string): Promise<unknown> =>
  must(notifier.send('POST', '/hooks/registry/main', { body, headers: { 'content-type': eventType } }));

async function must(response: ReturnType<Actor['get']>): Promise<void> {
  const { status, text } = await response;
  if (status >= 300) throw new Error(`${status}: ${text}`);
}
