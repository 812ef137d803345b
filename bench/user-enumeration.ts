import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Api } from '../test/acceptance/support/api';
import { temporaryFolder } from '../test/acceptance/support/environment';
import { Product } from '../test/acceptance/support/product';
import { succeeded } from '../test/acceptance/support/processes';
import { areaUnderCurve, print, quantile, rate, runBench, timed } from './stats';

// Checks whether the response to a wrong password reveals that an account exists, by its text or by its time. Sends one
// wrong password for each name, one after another, in random order. Argument: names with and without account, each (200).

const namesPerKind = Number(process.argv[2] ?? '200');

const addressOf = (n: number): string => `10.0.${(n >> 8) & 255}.${n & 255}`;

async function main(): Promise<void> {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'index'));
  const index = await Product.start(join(folder, 'index'), {
    TRUSTED_PROXIES: '127.0.0.1,::1',
    RATE_LIMITS: 'off',
  });
  succeeded(await index.command(['registry', 'add', 'main', '--url', 'http://localhost:24199']));
  await rate(namesPerKind, 4, (n) =>
    new Api(index.url).signUp({ name: `person${n}`, password: 'tulips in the rain 1' }),
  );
  const names = Array.from({ length: namesPerKind }, (_, n) => [`person${n}`, `absent${n}`]).flat();
  for (let n = names.length - 1; n > 0; n -= 1) {
    const other = Math.floor(Math.random() * (n + 1));
    [names[n], names[other]] = [names[other]!, names[n]!];
  }
  const tryWrongPassword = async (name: string, n: number): Promise<string> => {
    const response = await fetch(`${index.url}/token?service=main`, {
      headers: {
        authorization: `Basic ${Buffer.from(`${name}:not the password`).toString('base64')}`,
        'x-forwarded-for': addressOf(n),
      },
    });
    return `${response.status} ${await response.text()}`;
  };
  for (let n = 0; n < 20; n += 1) await tryWrongPassword(`warm${n}`, 60_000 + n);
  const milliseconds = { existing: [] as number[], absent: [] as number[] };
  const responses = new Set<string>();
  for (const [n, name] of names.entries()) {
    const kind = name.startsWith('person') ? 'existing' : 'absent';
    milliseconds[kind].push(await timed(async () => responses.add(await tryWrongPassword(name, n))));
  }
  print('names with and without account', `${namesPerKind}, ${namesPerKind}`);
  print('distinct responses', `${responses.size} (aim 1)`);
  const median = (values: number[]): string => quantile(values, 0.5).toFixed(1);
  print(
    'median time of a response, with and without account',
    `${median(milliseconds.existing)}, ${median(milliseconds.absent)} ms`,
  );
  print(
    'area under the curve',
    `${areaUnderCurve(milliseconds.existing, milliseconds.absent).toFixed(3)} (aim 0.45 to 0.55)`,
  );
  await index.stop();
}

runBench(main);
