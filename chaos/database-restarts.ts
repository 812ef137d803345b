import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import type { Drill } from './scenario';
import { ProductUnderLoad } from './product-under-load';

// Fast shutdown, immediate shutdown, and no shutdown at all.
const signals = ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const;

/** PostgreSQL ends in all its ways under load, and is started again by the product. */
export const databaseRestarts: Drill = async ({ short }) => {
  const rounds = short ? 3 : 20;
  const load = await ProductUnderLoad.start();
  try {
    const children = (): number[] =>
      load.place
        .processes()
        .filter(({ command }) => /apps\/(server|worker)\//.test(command))
        .map(({ pid }) => pid)
        .sort();
    const before = children();
    load.begin();
    let slowest = 0;
    for (let round = 0; round < rounds; round += 1) {
      await pause(500 + Math.random() * 500);
      const old = postmaster(load);
      process.kill(old.pid, signals[round % signals.length]);
      await accepting(load, old.pid);
      const accepted = performance.now();
      await load.serving();
      slowest = Math.max(slowest, (performance.now() - accepted) / 1000);
    }
    const died = before.filter((pid) => !children().includes(pid)).length;
    const { acknowledged, lost, invented, differingTags, miscounted, secondsToAgree } = await load.compare();
    for (const line of load.unforeseen()) process.stderr.write(`${line}\n`);
    const odd = [...load.statuses].filter(([status]) => ![200, 201, 202, 503].includes(status));
    return [
      { what: 'restarts of PostgreSQL', found: rounds },
      { what: 'requests answered 503 meanwhile', found: load.statuses.get(503) ?? 0 },
      { what: 'of them without Retry-After', found: load.unhelpful, asked: 0 },
      ...odd.map(([status, found]) => ({ what: `requests answered ${status}`, found, asked: 0 })),
      { what: 'server and worker processes that died', found: died, asked: 0 },
      { what: 'seconds from PostgreSQL accepting to the index serving, at worst', found: slowest, atMost: 5 },
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

function postmaster(load: ProductUnderLoad): { pid: number; command: string } {
  const found = load.place.processes().find(({ command }) => /postgres -D/.test(command));
  if (found === undefined) throw new Error('PostgreSQL does not run');
  return found;
}

/** Waits until another postmaster than the old one takes connections: it listens long before, while it recovers. */
async function accepting(load: ProductUnderLoad, old: number): Promise<void> {
  for (const end = Date.now() + 60_000; Date.now() < end; await pause(50)) {
    const now = load.place.processes().find(({ pid, command }) => pid !== old && /postgres -D/.test(command));
    const port = Number(/port=(\d+)/.exec(now?.command ?? '')?.[1] ?? 0);
    if (port > 0 && (await accepts(port))) return;
  }
  throw new Error('PostgreSQL did not come back');
}

// Whoever is asked for a password has been let in so far.
async function accepts(port: number): Promise<boolean> {
  const client = new Client({ host: '127.0.0.1', port, user: 'nobody', password: 'none' });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return true;
  } catch (error) {
    return (error as { code?: string }).code === '28P01';
  } finally {
    await client.end().catch(() => undefined);
  }
}
