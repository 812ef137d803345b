import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Api } from '../test/acceptance/support/api';
import { temporaryFolder } from '../test/acceptance/support/environment';
import { Product } from '../test/acceptance/support/product';
import { succeeded } from '../test/acceptance/support/processes';
import { print, quantile, runBench, timed } from './stats';

// Two hundred wrong passwords a second and twenty token requests a second with an access token beside them, twice: for
// one name, which is soon locked, and for a name each, which no limit stops before it is hashed. Every wrong password
// comes from an address of its own. Argument: seconds (60) a time.

const seconds = Number(process.argv[2] ?? '60');
const wrongPerSecond = 200;
const rightPerSecond = 20;
const alice = { name: 'alice', password: 'tulips in the rain 1' };

const basic = (name: string, secret: string): string =>
  `Basic ${Buffer.from(`${name}:${secret}`).toString('base64')}`;
const addressOf = (n: number): string => `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`;

/** Megabytes that the server processes hold. */
function resident(index: Product): number {
  return index.processes('server').reduce((sum, pid) => {
    const kilobytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return sum + Number(kilobytes ?? 0) / 1024;
  }, 0);
}

/** Sends `work` so many times a second, whether or not what was sent is answered. */
async function atRate(perSecond: number, work: (n: number) => Promise<void>): Promise<void> {
  const sent: Promise<void>[] = [];
  const started = performance.now();
  for (let n = 0; n < perSecond * seconds; n += 1) {
    const wait = started + (n * 1000) / perSecond - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    sent.push(work(n));
  }
  await Promise.all(sent);
}

async function attack(
  names: string,
  rightly: () => Promise<number>,
  wrongly: () => Promise<number>,
): Promise<void> {
  const right: number[] = [];
  const refusedEarly: number[] = [];
  const statuses = new Map<number, number>();
  let failed = 0;
  await Promise.all([
    atRate(wrongPerSecond, async () => {
      let status = 0;
      const took = await timed(async () => (status = await wrongly()));
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      if (status === 429 || status === 503) refusedEarly.push(took);
    }),
    atRate(rightPerSecond, async () => {
      right.push(
        await timed(async () => {
          if ((await rightly()) !== 200) failed += 1;
        }),
      );
    }),
  ]);
  const [half, nearlyAll] = [quantile(right, 0.5), quantile(right, 0.99)].map((ms) => ms.toFixed(0));
  print(`${names}: access token requests, p50, p99`, `${half}, ${nearlyAll} ms (aim <= 300)`);
  print('  that failed', `${failed} of ${right.length} (aim 0)`);
  print('  wrong passwords, by status', [...statuses].map(([status, n]) => `${status}: ${n}`).join(', '));
  const early = [0.5, 0.99].map((part) => quantile(refusedEarly, part).toFixed(0)).join(', ');
  print('  refused with 429 or 503, p50, p99', `${early} ms (aim <= 100)`);
}

async function main(): Promise<void> {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'index'));
  const settings = { TRUSTED_PROXIES: '127.0.0.1,::1', SERVER_PROCESSES: '2' };
  const index = await Product.start(join(folder, 'index'), settings);
  succeeded(await index.command(['registry', 'add', 'main', '--url', 'http://localhost:24199']));
  await new Api(index.url).signUp(alice);
  const token = await new Api(index.url, alice).createAccessToken(['pull'], ['alice/*']);
  const ask = async (name: string, secret: string, address: string): Promise<number> => {
    const headers = { authorization: basic(name, secret), 'x-forwarded-for': address };
    const answer = await fetch(`${index.url}/token?service=main&scope=repository:alice/app:pull`, {
      headers,
    });
    await answer.arrayBuffer();
    return answer.status;
  };
  const right = (): Promise<number> => ask(alice.name, token, '192.0.2.1');
  await right();
  const before = resident(index);
  let sent = 0;
  await attack('one name', right, () => ask(alice.name, `wrong ${(sent += 1)}`, addressOf(sent)));
  await attack('a name each', right, () => ask(`person${(sent += 1)}`, `wrong ${sent}`, addressOf(sent)));
  print('growth of the server processes', `${(resident(index) - before).toFixed(0)} MB (aim <= 300)`);
  await index.stop();
}

runBench(main);
