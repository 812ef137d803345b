import { readFileSync } from 'node:fs';
import { hostileLoads, measureLoad } from '../test/support/hostile-load';
import { ProductFixture } from '../test/support/product';
import { print, quantile, runBench } from './stats';

// Floods one server process from a few connections, with each of the loads in turn, and requests /readyz meanwhile.
// Arguments: seconds of each load (10), parts of the names of the loads to run (all).

const [seconds = '10', ...names] = process.argv.slice(2);

async function main(): Promise<void> {
  const fixture = await ProductFixture.create();
  try {
    const settings = { SERVER_PROCESSES: '1', RATE_LIMITS: 'off', LOG_LEVEL: 'error' };
    const product = fixture.start(['start'], settings);
    await product.ready();
    const { url } = product.anonymous;
    const { pid } = fixture.processes().find(({ command }) => command.includes('/apps/server/'))!;
    print('load of the machine, 1 min', readFileSync('/proc/loadavg', 'utf8').split(' ', 1)[0]!);
    const idle = { name: 'no load', connections: 0, reads: true, bytes: '' };
    const chosen = hostileLoads.filter(
      ({ name }) => names.length === 0 || names.some((part) => name.includes(part)),
    );
    for (const load of [idle, ...chosen]) {
      const { readyMs, growthMb } = await measureLoad(url, pid, load, Number(seconds));
      const [p50, p99] = [0.5, 0.99].map((q) => quantile(readyMs, q).toFixed(0));
      print(
        load.name,
        `/readyz p50 ${p50}, p99 ${p99} ms (aim <= 100); memory +${growthMb.toFixed(0)} MB (aim < 64)`,
      );
    }
  } finally {
    await fixture.remove();
  }
}

runBench(main);
