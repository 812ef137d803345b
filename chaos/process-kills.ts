import { setTimeout as pause } from 'node:timers/promises';
import { loadMeasurements, ProductUnderLoad } from './product-under-load';
import type { Scenario } from './scenario';

// Kinds of processes by command line, in the order in which they are killed: server, worker, PostgreSQL backend,
// supervisor, postmaster.
const victims: readonly RegExp[] = [
  /apps\/server\//,
  /apps\/worker\//,
  /postgres: /,
  /apps\/cli\/.* start/,
  /postgres -D/,
];

/** Sends SIGKILL to a random process of each kind, one kind after another, while the product is under load. */
export const processKills: Scenario = async ({ short }) => {
  const rounds = short ? 5 : 100;
  const load = await ProductUnderLoad.start();
  try {
    load.begin();
    for (let round = 0; round < rounds; round += 1) {
      const kind = victims[round % victims.length]!;
      const candidates = load.product.processes().filter(({ command }) => kind.test(command));
      const victim = candidates[Math.floor(Math.random() * candidates.length)];
      if (victim === undefined) throw new Error(`no process matches ${String(kind)}`);
      await pause(Math.random() * 500);
      try {
        process.kill(victim.pid, 'SIGKILL');
      } catch {
        // The process has ended in the meantime, as PostgreSQL backends do.
      }
      if (victim.pid === load.pid) await load.restart();
      await load.waitUntilReady();
    }
    return [{ label: 'processes killed', value: rounds }, ...loadMeasurements(await load.compare())];
  } finally {
    await load.stop();
  }
};
