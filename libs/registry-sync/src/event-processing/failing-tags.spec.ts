import assert from 'node:assert/strict';
import { afterAll, afterEach, beforeAll, describe, it } from '@jest/globals';
import { imageOf } from '../../../../test/support/images';
import { RegistryFixture } from '../../../../test/support/registry-fixture';
import { RegistryUser } from '../../../../test/support/registry-user';

describe('events of tags for which the registry responds with an error', () => {
  let at: RegistryFixture;
  let alice: RegistryUser;
  /** When each tag of the repository under test was requested. */
  let requests: Map<string, number[]>;
  const image = imageOf('image');
  const names = Array.from({ length: 200 }, (_, n) => `v${n}`);

  beforeAll(async () => {
    at = await RegistryFixture.start('2.8');
    alice = new RegistryUser(at.fake.url, 'alice');
  });
  afterAll(() => at.stop());
  afterEach(() => {
    at.fake.fault = () => undefined;
    at.fake.beforeResponse = () => Promise.resolve();
  });

  const push = async (path: string, tags: readonly string[]): Promise<void> => {
    await at.place(path);
    await alice.push(path, image);
    for (const tag of tags) await alice.push(path, { ...image, blobs: [] }, tag);
    const events = at.fake.drainEvents();
    await at.deliver(events.filter(({ action }) => action === 'push'));
  };
  /** Lets the registry respond 500 for a tag of the repository while `isFailing` says so. */
  const fail = (path: string, isFailing: (tag: string, attempt: number) => boolean): void => {
    requests = new Map();
    at.fake.fault = (url) => {
      const tag = new RegExp(`^/v2/${path}/manifests/(v\\d+)$`).exec(url)?.[1];
      if (tag === undefined) return undefined;
      const times = requests.get(tag) ?? [];
      requests.set(tag, [...times, performance.now()]);
      return isFailing(tag, times.length) ? 500 : undefined;
    };
  };
  const tagsOf = async (path: string): Promise<string[]> =>
    Object.keys((await at.contents(path)).tags).sort();
  const isEveryFourteenth = (tag: string): boolean => Number(tag.slice(1)) % 14 === 0;

  it('are applied with the batch: each tag is requested again within 100 ms, and no other', async () => {
    await push('alice/parallel', names);
    fail('alice/parallel', (tag, attempt) => isEveryFourteenth(tag) && attempt === 0);
    // The first one is requested again while the last tag of the batch has no response yet.
    let requestedAgain: () => void = () => undefined;
    const again = new Promise<void>((resolve) => (requestedAgain = resolve));
    at.fake.beforeResponse = async (url) => {
      if (url.endsWith('/manifests/v0') && requests.get('v0')?.length === 1) requestedAgain();
      if (url.endsWith('/manifests/v199')) await again;
    };
    await at.apply();
    assert.deepEqual(await tagsOf('alice/parallel'), [...names].sort());
    for (const [tag, times] of requests) {
      assert.equal(times.length, isEveryFourteenth(tag) ? 2 : 1, tag);
    }
    const delays = [...requests.values()].flatMap(([first, second]) => (second ? [second - first!] : []));
    // 50 ms on an idle machine, which this one need not be.
    assert.ok(Math.min(...delays) >= 45 && Math.min(...delays) < 1_000, delays.join(' '));
  });

  it('are requested again, and applied, while the job runs', async () => {
    await push('alice/slow', ['v1', 'v2', 'v3']);
    fail('alice/slow', (tag, attempt) => tag === 'v2' && attempt < 4);
    await at.apply();
    assert.deepEqual(await tagsOf('alice/slow'), ['v1', 'v2', 'v3']);
    assert.deepEqual([requests.get('v1')!.length, requests.get('v2')!.length], [1, 5]);
  });

  it('stay pending alone when it persists, until it ends', async () => {
    await push('alice/stuck', ['v1', 'v2', 'v3']);
    fail('alice/stuck', (tag) => tag === 'v2');
    await assert.rejects(at.apply(), { code: 'REGISTRY_ERROR' });
    assert.deepEqual(await tagsOf('alice/stuck'), ['v1', 'v3']);
    const { pending } = await at.eventCounts();
    assert.equal(pending, 1);
    const before = requests.get('v1')!.length;
    await assert.rejects(at.apply(), { code: 'REGISTRY_ERROR' });
    assert.equal(requests.get('v1')!.length, before);
    at.fake.fault = () => undefined;
    await at.apply();
    assert.deepEqual(await tagsOf('alice/stuck'), ['v1', 'v2', 'v3']);
    assert.equal((await at.eventCounts()).pending, undefined);
  });

  it('are parked when it persists for ten minutes while the registry lists the tags', async () => {
    await push('alice/broken', ['v1', 'v2']);
    const age = () =>
      at.sql.query(
        `update registry_event set received_at = now() - interval '11 minutes' where state = 'pending'`,
      );
    fail('alice/broken', (tag) => tag === 'v2');
    const ofTags = at.fake.fault;
    at.fake.fault = (path, method) => (path.endsWith('/alice/broken/tags/list') ? 503 : ofTags(path, method));
    await age();
    await assert.rejects(at.apply(), { code: 'REGISTRY_ERROR' });
    assert.equal((await at.eventCounts()).pending, 1);
    at.fake.fault = ofTags;
    await at.apply();
    const { pending, ...settled } = await at.eventCounts();
    assert.equal(pending, undefined);
    assert.equal(settled['parked: the registry responds with an error for v2'], 1);
    assert.deepEqual(await tagsOf('alice/broken'), ['v1']);
  });

  it('cost a failing registry few requests, however many tags wait', async () => {
    await push('alice/down', names);
    fail('alice/down', () => true);
    await assert.rejects(at.apply(), { code: 'REGISTRY_ERROR' });
    assert.equal((await at.eventCounts()).pending, names.length + 1, 'and the push by digest');
    const sent = [...requests.values()].flat().length;
    assert.ok(sent < 300, `${sent} requests in 6 passes`);
    at.fake.fault = () => undefined;
    await at.apply();
    assert.deepEqual(await tagsOf('alice/down'), [...names].sort());
  });
});
