import { setTimeout as pause } from 'node:timers/promises';
import type { Drill } from './scenario';
import { ProductUnderLoad } from './product-under-load';

// What dies in turn, by command line; the processes of PostgreSQL, too.
const victims: readonly RegExp[] = [
  /apps\/server\//,
  /apps\/worker\//,
  /postgres: /,
  /apps\/cli\/.* start/,
  /postgres -D/,
];

/** kill -9 of every sort of process in turn, one chosen at random within it, while people and a registry are at work. */
export const kills: Drill = async ({ short }) => {
  const rounds = short ? 5 : 100;
  const load = await ProductUnderLoad.start();
  try {
    load.begin();
    for (let round = 0; round < rounds; round += 1) {
      const sort = victims[round % victims.length]!;
      const candidates = load.place.processes().filter(({ command }) => sort.test(command));
      const victim = candidates[Math.floor(Math.random() * candidates.length)];
      if (victim === undefined) throw new Error(`nothing to kill: ${String(sort)}`);
      await pause(Math.random() * 500);
      try {
        process.kill(victim.pid, 'SIGKILL');
      } catch {
        // It ended in between, as processes of PostgreSQL do.
      }
      if (victim.pid === load.pid) await load.startAgain();
      await load.serving();
    }
    const { acknowledged, lost, invented, differingTags, miscounted, secondsToAgree } = await load.compare();
    return [
      { what: 'processes killed', found: rounds },
      { what: 'writes acknowledged meanwhile', found: acknowledged },
      { what: 'acknowledged and lost', found: lost, asked: 0 },
      { what: 'there and never asked for', found: invented, asked: 0 },
      { what: 'tags that differ from the registry', found: differingTags, asked: 0 },
      { what: 'pulls counted twice or never', found: miscounted, asked: 0 },
      { what: 'seconds until index and registry agreed', found: secondsToAgree, atMost: 30 },
    ];
  } finally {
    await load.stop();
  }
};
