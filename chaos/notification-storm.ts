import { setTimeout as pause } from 'node:timers/promises';
import { imageOf } from '../test/support/images';
import { RegistryFixture } from '../test/support/registry-fixture';
import { RegistryUser } from '../test/support/registry-user';
import type { Scenario } from './scenario';

/**
 * Every delivery of an event meets one of the known faults and is repeated, as registries do: it is lost before the
 * event is stored, its response is lost, its response is so late that the retry is already in progress, or it reaches
 * three processes at the same time. Meanwhile all three processes apply events. Each event must take effect once.
 */
export const notificationStorm: Scenario = async ({ short }) => {
  const rounds = short ? 60 : 600;
  const fixture = await RegistryFixture.start('2.8', 3);
  try {
    const alice = new RegistryUser(fixture.fake.url, 'alice');
    await fixture.place('alice/app');
    for (let n = 0; n < rounds; n += 1) {
      await alice.push('alice/app', imageOf(`${n % 7}`), `v${n % 20}`);
      await alice.pull('alice/app', `v${n % 20}`);
    }
    const events = fixture.fake.drainEvents();
    let deliveries = 0;
    const deliver = (event: object, process: number): Promise<void> => {
      deliveries += 1;
      return fixture.deliver([event], process % 3);
    };
    let isDelivering = true;
    const applying = [0, 1, 2].map(async (process) => {
      // Several processes may apply the same event at the same time, as a retried job does.
      for (; isDelivering; await pause(50)) await fixture.apply(process).catch(() => undefined);
    });
    const faults = [
      // The first delivery is lost before the event is stored.
      (event: object) => ((deliveries += 1), deliver(event, 0)),
      // The event is stored, but the response is lost.
      async (event: object) => (await deliver(event, 0), deliver(event, 1)),
      // The response is so late that the registry retries.
      (event: object) => Promise.all([deliver(event, 0), deliver(event, 1)]),
      (event: object) => Promise.all([0, 1, 2].map((process) => deliver(event, process))),
    ];
    for (const [n, event] of events.entries()) await faults[n % faults.length]!(event);
    isDelivering = false;
    await Promise.all(applying);
    for (const process of [0, 1, 2]) await fixture.apply(process);
    const indexed = await fixture.contents('alice/app');
    const actual = fixture.fake.contents('alice/app');
    const differing = Object.keys({ ...indexed.tags, ...actual.tags }).filter(
      (tag) => indexed.tags[tag] !== actual.tags[tag],
    );
    const applied = await fixture.sql.query<{ n: number }>(
      `select count(*)::int as n from registry_event where body::text is not null and state = 'applied'`,
    );
    const pending = await fixture.sql.query(`select from registry_event where state = 'pending'`);
    return [
      { label: `deliveries of ${events.length} distinct events`, value: deliveries },
      { label: 'pulls counted', value: Number((await fixture.row('alice/app')).pulls), expected: rounds },
      { label: 'tags that differ from the registry', value: differing.length, expected: 0 },
      { label: 'events still pending', value: pending.rows.length, expected: 0 },
      {
        label: 'events sent and not applied',
        value: Math.max(0, events.length - applied.rows[0]!.n),
        expected: 0,
      },
    ];
  } finally {
    await fixture.stop();
  }
};
