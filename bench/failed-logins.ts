import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Api } from '../test/acceptance/support/api';
import { temporaryFolder } from '../test/acceptance/support/environment';
import { Product } from '../test/acceptance/support/product';
import { succeeded } from '../test/acceptance/support/processes';
import { print, quantile, runBench, timed } from './stats';

// Sends 200 wrong passwords per second, each from an IP address of its own, and beside them 20 token requests per second
// with an access token. First for one name, whose account is soon locked; then for a new name each time, which no limit
// stops before the password is hashed. Argument: seconds of each of the two (60).

const seconds = Number(process.argv[2] ?? '60');
const wrongPerSecond = 200;
const tokensPerSecond = 20;
const alice = { name: 'alice', password: 'tulips in the rain 1' };

const basic = (name: string, secret: string): string =>
  `Basic ${Buffer.from(`${name}:${secret}`).toString('base64')}`;
const addressOf = (n: number): string => `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`;

/** Returns the resident memory of the server processes in megabytes. */
function residentMemory(index: Product): number {
  return index.processes('server').reduce((sum, pid) => {
    const kilobytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return sum + Number(kilobytes ?? 0) / 1024;
  }, 0);
}

/** Calls `work` at a fixed rate, without waiting for earlier calls. */
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
  sendAccessToken: () => Promise<number>,
  sendWrongPassword: () => Promise<number>,
): Promise<void> {
  const tokenMs: number[] = [];
  const limitedMs: number[] = [];
  const statuses = new Map<number, number>();
  let failed = 0;
  await Promise.all([
    atRate(wrongPerSecond, async () => {
      let status = 0;
      const milliseconds = await timed(async () => (status = await sendWrongPassword()));
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      if (status === 429 || status === 503) limitedMs.push(milliseconds);
    }),
    atRate(tokensPerSecond, async () => {
      tokenMs.push(
        await timed(async () => {
          if ((await sendAccessToken()) !== 200) failed += 1;
        }),
      );
    }),
  ]);
  const [p50, p99] = [quantile(tokenMs, 0.5), quantile(tokenMs, 0.99)].map((ms) => ms.toFixed(0));
  print(`${names}: requests with an access token, p50, p99`, `${p50}, ${p99} ms (aim <= 300)`);
  print('  of these, failed', `${failed} of ${tokenMs.length} (aim 0)`);
  print('  wrong passwords by status', [...statuses].map(([status, n]) => `${status}: ${n}`).join(', '));
  const limited = [0.5, 0.99].map((q) => quantile(limitedMs, q).toFixed(0)).join(', ');
  print('  responses of 429 or 503, p50, p99', `${limited} ms (aim <= 100)`);
}

async function main(): Promise<void> {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'index'));
  const settings = { TRUSTED_PROXIES: '127.0.0.1,::1', SERVER_PROCESSES: '2' };
  const index = await Product.start(join(folder, 'index'), settings);
  succeeded(await index.command(['registry', 'add', 'main', '--url', 'http://localhost:24199']));
  await new Api(index.url).signUp(alice);
  const token = await new Api(index.url, alice).createAccessToken(['pull'], ['alice/*']);
  const requestToken = async (name: string, secret: string, address: string): Promise<number> => {
    const headers = { authorization: basic(name, secret), 'x-forwarded-for': address };
    const response = await fetch(`${index.url}/token?service=main&scope=repository:alice/app:pull`, {
      headers,
    });
    await response.arrayBuffer();
    return response.status;
  };
  const sendAccessToken = (): Promise<number> => requestToken(alice.name, token, '192.0.2.1');
  await sendAccessToken();
  const before = residentMemory(index);
  let sent = 0;
  await attack('one name', sendAccessToken, () =>
    requestToken(alice.name, `wrong ${(sent += 1)}`, addressOf(sent)),
  );
  await attack('a new name each', sendAccessToken, () =>
    requestToken(`person${(sent += 1)}`, `wrong ${sent}`, addressOf(sent)),
  );
  print(
    'memory growth of the server processes',
    `${(residentMemory(index) - before).toFixed(0)} MB (aim <= 300)`,
  );
  await index.stop();
}

runBench(main);
