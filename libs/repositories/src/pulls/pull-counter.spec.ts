import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import fc from 'fast-check';
import { imageOf, indexOf } from '../../../../test/support/images';
import type { RegistryEventBody } from '../../../../test/support/registry-event-bodies';
import { RegistryUser } from '../../../../test/support/registry-user';
import { RegistryFixture } from '../../../../test/support/registry-fixture';

const [amd, arm] = [imageOf('amd'), imageOf('arm', { os: 'linux', architecture: 'arm64' })];
const both = indexOf(amd, arm);
// Shortly before midnight, so that some pulls are on one day and some on the next.
const start = Date.parse('2026-01-31T23:59:50Z');

interface Request {
  readonly second: number;
  readonly client: number;
  readonly head: boolean;
  readonly tag: 'v1' | 'v2' | null;
  readonly image: typeof both;
}
const request = fc.record({
  second: fc.nat(30),
  client: fc.nat(2),
  head: fc.boolean(),
  tag: fc.constantFrom('v1' as const, 'v2' as const, null),
  image: fc.constantFrom(both, amd, arm),
});

describe('counts of pulls', () => {
  let at: RegistryFixture;
  let alice: RegistryUser;
  let number = 0;
  beforeAll(async () => {
    at = await RegistryFixture.start('3.x', 3);
    alice = new RegistryUser(at.fake.url, 'alice');
  });
  afterAll(() => at.stop());

  const eventOf = (path: string, { second, client, head, tag, image }: Request): RegistryEventBody => ({
    id: randomUUID(),
    timestamp: new Date(start + second * 1000).toISOString(),
    action: 'pull',
    target: {
      repository: path,
      digest: image.digest,
      mediaType: image.mediaType,
      url: `http://r/v2/${path}/manifests/${image.digest}`,
      ...(tag === null ? {} : { tag }),
    },
    request: { addr: `192.0.2.${client}:${40_000 + second}`, method: head ? 'HEAD' : 'GET' },
    actor: {},
  });
  const counts = async (path: string): Promise<Record<string, number>> => {
    const { rows } = await at.sql.query<{ what: string; pulls: number }>(
      `select to_char(day, 'YYYY-MM-DD') || ' ' || reference as what, pull_count.pulls::int as pulls
         from pull_count join repository on repository.id = repository_id where path = $1 and pull_count.pulls > 0`,
      [path],
    );
    return Object.fromEntries(rows.map(({ what, pulls }) => [what, pulls]));
  };

  it('do not depend on order, repetition and batches of events, nor on when their index becomes known', async () => {
    const property = fc.asyncProperty(
      fc.array(request, { maxLength: 25 }),
      fc.nat(),
      async (requests, seed) => {
        const path = `pulls/of${(number += 1)}`;
        await at.place(path);
        at.fake.drainEvents();
        await alice.push(path, both, 'v1');
        const pushes = at.fake.drainEvents();
        const events = requests.map((one) => eventOf(path, one));
        const waiting = [...events, ...pushes, ...events].sort(
          (a, b) => hash(`${a.id}${seed}`) - hash(`${b.id}${seed}`),
        );
        for (let round = 0; waiting.length > 0; round += 1) {
          await at.deliver(waiting.splice(0, 1 + (seed % 9)), round % 3);
          if (round % 2 === 0) await Promise.all([at.apply(0), at.apply(1)]);
        }
        await at.apply();
        const expected = expectedOf(requests);
        assert.deepEqual(await counts(path), expected);
        const total = Object.values(expected).reduce((sum, pulls) => sum + pulls, 0);
        assert.equal((await at.row(path)).pulls, String(total));
      },
    );
    await fc.assert(property, { numRuns: 60 });
  });

  it('survive the purge of the requests that they were made from, and are deleted with the repository', async () => {
    const path = 'pulls/kept';
    const id = await at.place(path, { state: 'active' });
    await at.deliver([eventOf(path, { second: 1, client: 1, head: false, tag: 'v1', image: amd })]);
    await at.apply();
    await at.sql.query(`update manifest_request set recorded_at = now() - interval '11 minutes'`);
    await at.purgePullRequests();
    assert.equal((await at.sql.query('select from manifest_request')).rowCount, 0);
    assert.deepEqual(await counts(path), { '2026-01-31 v1': 1 });
    await at.softDelete(id);
    assert.deepEqual(await counts(path), {});
  });

  it('are stored together for what a day has more than a thousand references of, also when they are attributed again', async () => {
    const path = 'pulls/many';
    const id = await at.place(path, { state: 'active' });
    await at.sql.query(
      `insert into pull_count select $1, day, 'tag-' || n, 1 from generate_series(1, 999) n,
        unnest('{2026-01-31,2026-02-01}'::date[]) day`,
      [id],
    );
    const pull = (second: number, client: number, tag: 'v1' | 'v2' | null): RegistryEventBody =>
      eventOf(path, { second, client, head: false, tag, image: amd });
    const others = async (): Promise<Record<string, number>> =>
      Object.fromEntries(Object.entries(await counts(path)).filter(([what]) => !what.includes(' tag-')));
    // By digest, until it is known that a HEAD named the tag.
    await at.deliver([pull(1, 0, 'v1'), pull(2, 1, null), pull(3, 2, 'v1'), pull(3, 3, 'v2')]);
    await at.apply();
    const [day] = ['2026-01-31'];
    const first = await others();
    assert.equal(Object.keys(first).length, 2);
    assert.equal(
      Object.values(first).reduce((sum, pulls) => sum + pulls),
      4,
    );
    await at.deliver([eventOf(path, { second: 1, client: 1, head: true, tag: 'v2', image: amd })]);
    await at.deliver([pull(9, 4, 'v1')]);
    await at.apply();
    const { rows } = await at.sql.query<{ total: number; rows: number }>(
      `select sum(pulls)::int as total, count(*)::int as rows from pull_count where repository_id = $1 and day = $2`,
      [id, day],
    );
    assert.deepEqual(rows, [{ total: 999 + 5, rows: 1_001 }]);
    assert.ok((await others())[`${day} *`]! >= 1);
    assert.equal((await at.row(path)).pulls, '5');
  });

  it('survive the purge of old events, which spares pending ones', async () => {
    await at.discardEvents();
    const path = 'pulls/old';
    await at.place(path, { state: 'active' });
    const pull = (second: number): object =>
      eventOf(path, { second, client: second, head: false, tag: 'v1', image: amd });
    await at.deliver([pull(1), pull(20)]);
    await at.apply();
    await at.deliver([pull(40)]);
    await at.sql.query(
      `update registry_event set received_at = now() - case id % 2 when 0 then interval '29' day else interval '31' day end
        where state = 'applied'`,
    );
    await at.sql.query(
      `update registry_event set received_at = now() - interval '40 days' where state = 'pending'`,
    );
    assert.equal(await at.purgeEvents(30), 1);
    assert.deepEqual(await at.eventCounts(), { applied: 1, pending: 1 });
    await at.apply();
    assert.deepEqual(await counts(path), { '2026-01-31 v1': 1, '2026-02-01 v1': 2 });
  });

  it('count for rankings once per address and hour, without storing the address', async () => {
    const path = 'pulls/visited';
    const id = await at.place(path, { state: 'active' });
    await at.sql.query('update registry set behind_proxy = true');
    const pull = (time: string, addr?: string): RegistryEventBody => {
      const event = eventOf(path, { second: 0, client: 0, head: false, tag: 'v1', image: amd });
      return {
        ...event,
        timestamp: time,
        request: { method: 'GET', ...(addr === undefined ? {} : { addr }) },
      };
    };
    const rows: [uniquePulls: number, events: RegistryEventBody[]][] = [
      [1, [pull('2026-01-01T00:10:00Z', '192.0.2.9:1'), pull('2026-01-01T00:59:59Z', '192.0.2.9:2')]],
      [0, [pull('2026-01-01T00:00:00Z', '192.0.2.9')]],
      [1, [pull('2026-01-01T00:00:00Z', '192.0.2.10')]],
      [1, [pull('2026-01-01T01:00:00Z', '192.0.2.9')]],
      [
        1,
        [pull('2026-01-01T01:00:00Z', '[2001:db8::1]:80'), pull('2026-01-01T01:00:00Z', '[2001:db8::2]:80')],
      ],
      [1, [pull('2026-01-01T01:00:00Z'), pull('2026-01-01T01:30:00Z')]],
      [2, [pull('2026-04-01T00:00:00Z', '192.0.2.9')]],
    ];
    let [expected, pulls] = [0, 0];
    for (const [uniquePulls, events] of rows) {
      await at.deliver(events);
      await at.apply();
      [expected, pulls] = [expected + uniquePulls, pulls + events.length];
      const { rows: found } = await at.sql.query<{ unique_pulls: number; pulls: number }>(
        'select unique_pulls, pulls::int as pulls from repository where id = $1',
        [id],
      );
      assert.ok(
        Math.abs(found[0]!.unique_pulls - expected) < 0.01,
        `${found[0]!.unique_pulls} instead of ${expected}`,
      );
      assert.equal(found[0]!.pulls, pulls);
    }
    const kept = await at.sql.query('select unique_pull::text as row from unique_pull');
    assert.ok(kept.rows.length > 0);
    assert.doesNotMatch(JSON.stringify(kept.rows), /192\.0|2001:db8/);
    await at.sql.query(`update unique_pull set recorded_at = now() - interval '121 minutes'`);
    await at.purgePullRequests();
    assert.equal((await at.sql.query('select from unique_pull')).rowCount, 0);
    await at.softDelete(id);
    const gone = await at.sql.query<{ unique_pulls: number }>(
      'select unique_pulls from repository where id = $1',
      [id],
    );
    assert.equal(gone.rows[0]!.unique_pulls, 0);
  });

  it('do not count for rankings by addresses that clients wrote into a header', async () => {
    await at.sql.query('update registry set behind_proxy = false');
    const path = 'pulls/forged';
    const id = await at.place(path, { state: 'active' });
    const event = eventOf(path, { second: 0, client: 0, head: false, tag: 'v1', image: amd });
    const pulls = ['198.51.100.1', '198.51.100.2', '2001:db8:5::1', '[2001:db8:6::1]', '192.0.2.1:80'].map(
      (addr) => ({ ...event, id: randomUUID(), request: { method: 'GET', addr } }),
    );
    const uniquePulls = async (): Promise<{ unique: number; pulls: number }> => {
      await at.apply();
      const { rows } = await at.sql.query<{ unique: number; pulls: number }>(
        `select (select count(*)::int from unique_pull) as unique, pulls::int from repository where id = $1`,
        [id],
      );
      return rows[0]!;
    };
    await at.sql.query('delete from unique_pull');
    await at.deliver(pulls);
    assert.deepEqual(await uniquePulls(), { unique: 2, pulls: 5 }, 'one of all headers, one of a connection');
    await at.sql.query('update registry set behind_proxy = true');
    await at.deliver(pulls.map((one) => ({ ...one, id: randomUUID() })));
    assert.deepEqual(await uniquePulls(), { unique: 6, pulls: 10 });
  });

  it('of a repository that is no longer placed are parked', async () => {
    await at.discardEvents();
    const path = 'pulls/moved';
    await at.place(path, { registryId: null, state: 'active' });
    await at.deliver([eventOf(path, { second: 1, client: 1, head: false, tag: 'v1', image: amd })]);
    await at.apply();
    assert.deepEqual(await at.eventCounts(), { 'parked: the repository is placed on no registry': 1 });
    assert.deepEqual(await counts(path), {});
  });
});

/** The rule in its simplest form: each GET is compared with all other requests. */
function expectedOf(requests: readonly Request[]): Record<string, number> {
  const expected: Record<string, number> = {};
  for (const get of requests.filter(({ head }) => !head)) {
    const near = requests.filter(
      ({ client, second }) => client === get.client && second <= get.second && get.second - second <= 10,
    );
    const heads = near.filter(({ head, tag, image }) => head && tag !== null && image === get.image);
    const latest = Math.max(...heads.map(({ second }) => second));
    const [tag] = heads
      .filter(({ second }) => second === latest)
      .map((latestHead) => latestHead.tag)
      .sort();
    const isPart = get.image !== both && near.some(({ head, image }) => !head && image === both);
    const reference = get.tag ?? tag ?? (isPart ? undefined : get.image.digest);
    if (reference === undefined) continue;
    const what = `${new Date(start + get.second * 1000).toISOString().slice(0, 10)} ${reference}`;
    expected[what] = (expected[what] ?? 0) + 1;
  }
  return expected;
}

function hash(text: string): number {
  let state = 7;
  for (const character of text) state = (state * 31 + character.charCodeAt(0)) % 1_000_003;
  return state;
}
