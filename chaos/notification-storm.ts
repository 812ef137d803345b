import { setTimeout as pause } from 'node:timers/promises';
import { imageOf } from '../test/support/images';
import { RegistryUser } from '../test/support/registry-user';
import { RegistryFixture } from '../test/support/registry-fixture';
import type { Drill } from './scenario';

/**
 * Every event meets one of the faults that deliveries were seen to meet, and is sent again as registries do: lost
 * before it was stored, its answer lost after it was stored, answered too late while the next try is under way, or sent
 * to three processes at one moment. Jobs run meanwhile in all three. Each event must act once.
 */
export const notificationStorm: Drill = async ({ short }) => {
  const rounds = short ? 60 : 600;
  const at = await RegistryFixture.start('2.8', 3);
  try {
    const alice = new RegistryUser(at.fake.url, 'alice');
    await at.place('alice/app');
    for (let n = 0; n < rounds; n += 1) {
      await alice.push('alice/app', imageOf(`${n % 7}`), `v${n % 20}`);
      await alice.pull('alice/app', `v${n % 20}`);
    }
    const events = at.fake.drainEvents();
    let sent = 0;
    const deliver = (event: object, process: number): Promise<void> => {
      sent += 1;
      return at.deliver([event], process % 3);
    };
    let storming = true;
    const applying = [0, 1, 2].map(async (process) => {
      // Beside the others, which may apply the same at the same moment: that is what a retried job does.
      for (; storming; await pause(50)) await at.apply(process).catch(() => undefined);
    });
    const faults = [
      // Never stored: what the registry sent was lost, and is sent again.
      (event: object) => ((sent += 1), deliver(event, 0)),
      // Stored, but the answer was lost.
      async (event: object) => (await deliver(event, 0), deliver(event, 1)),
      // The answer takes so long that the registry is trying again.
      (event: object) => Promise.all([deliver(event, 0), deliver(event, 1)]),
      (event: object) => Promise.all([0, 1, 2].map((process) => deliver(event, process))),
    ];
    for (const [n, event] of events.entries()) await faults[n % faults.length]!(event);
    storming = false;
    await Promise.all(applying);
    for (const process of [0, 1, 2]) await at.apply(process);
    const held = await at.contents('alice/app');
    const truth = at.fake.contents('alice/app');
    const differing = Object.keys({ ...held.tags, ...truth.tags }).filter(
      (tag) => held.tags[tag] !== truth.tags[tag],
    );
    const stored = await at.sql.query<{ n: number }>(
      `select count(*)::int as n from registry_event where body::text is not null and state = 'applied'`,
    );
    const waiting = await at.sql.query(`select from registry_event where state = 'pending'`);
    return [
      { what: `deliveries of ${events.length} distinct events`, found: sent },
      { what: 'pulls counted', found: Number((await at.row('alice/app')).pulls), asked: rounds },
      { what: 'tags that differ from the registry', found: differing.length, asked: 0 },
      { what: 'events still waiting', found: waiting.rows.length, asked: 0 },
      {
        what: 'events fewer than were sent',
        found: Math.max(0, events.length - stored.rows[0]!.n),
        asked: 0,
      },
    ];
  } finally {
    await at.stop();
  }
};
