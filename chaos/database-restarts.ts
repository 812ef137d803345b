import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { loadMeasurements, ProductUnderLoad } from './product-under-load';
import type { Scenario } from './scenario';

// PostgreSQL's fast shutdown, its immediate shutdown, and a crash.
const signals = ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const;

/** PostgreSQL is stopped in each way while the product is under load, and restarted by the product. */
export const databaseRestarts: Scenario = async ({ short }) => {
  const rounds = short ? 3 : 20;
  const load = await ProductUnderLoad.start();
  try {
    const children = (): number[] =>
      load.product
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
      await waitUntilReplaced(load, old.pid);
      const accepted = performance.now();
      await load.waitUntilReady();
      slowest = Math.max(slowest, (performance.now() - accepted) / 1000);
    }
    const ended = before.filter((pid) => !children().includes(pid)).length;
    const comparison = await load.compare();
    for (const line of load.unexpectedErrors()) process.stderr.write(`${line}\n`);
    const otherStatuses = [...load.statuses].filter(([status]) => ![200, 201, 202, 503].includes(status));
    return [
      { label: 'restarts of PostgreSQL', value: rounds },
      { label: 'responses with status 503', value: load.statuses.get(503) ?? 0 },
      { label: '  of these, without Retry-After', value: load.withoutRetryAfter, expected: 0 },
      ...otherStatuses.map(([status, value]) => ({
        label: `responses with status ${status}`,
        value,
        expected: 0,
      })),
      { label: 'server and worker processes that ended', value: ended, expected: 0 },
      {
        label: 'seconds from PostgreSQL accepting connections to the index being ready, longest',
        value: slowest,
        max: 5,
      },
      ...loadMeasurements(comparison),
    ];
  } finally {
    await load.stop();
  }
};

function postmaster(load: ProductUnderLoad): { pid: number; command: string } {
  const current = load.product.processes().find(({ command }) => /postgres -D/.test(command));
  if (current === undefined) throw new Error('PostgreSQL is not running');
  return current;
}

/** Waits for another postmaster that accepts connections. It listens earlier, but refuses clients during recovery. */
async function waitUntilReplaced(load: ProductUnderLoad, oldPid: number): Promise<void> {
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await pause(50)) {
    const current = load.product
      .processes()
      .find(({ pid, command }) => pid !== oldPid && /postgres -D/.test(command));
    const port = Number(/port=(\d+)/.exec(current?.command ?? '')?.[1] ?? 0);
    if (port > 0 && (await acceptsConnections(port))) return;
  }
  throw new Error('PostgreSQL was not restarted within 60 s');
}

// A server that rejects the password (28P01) accepts connections; one that starts up responds with another error.
async function acceptsConnections(port: number): Promise<boolean> {
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
