import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Api } from '../test/acceptance/support/api';
import { temporaryFolder } from '../test/acceptance/support/environment';
import { Product } from '../test/acceptance/support/product';
import { succeeded } from '../test/acceptance/support/processes';
import { print, quantile, rate, runBench, timed } from './stats';

// Whether the time of a refusal tells if a name has an account: wrong passwords for so many names that have one and so
// many that have none, in random order, one after the other. Argument: names of each kind (200).

const each = Number(process.argv[2] ?? '200');

/** The chance that one of `some` took longer than one of `others`: 0.5 when nothing can be told from the time. */
function areaUnderCurve(some: readonly number[], others: readonly number[]): number {
  const wins = some.reduce(
    (sum, a) => sum + others.reduce((won, b) => won + (a > b ? 1 : a === b ? 0.5 : 0), 0),
    0,
  );
  return wins / (some.length * others.length);
}

const addressOf = (n: number): string => `10.0.${(n >> 8) & 255}.${n & 255}`;

async function main(): Promise<void> {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'index'));
  const index = await Product.start(join(folder, 'index'), {
    TRUSTED_PROXIES: '127.0.0.1,::1',
    RATE_LIMITS: 'off',
  });
  succeeded(await index.command(['registry', 'add', 'main', '--url', 'http://localhost:24199']));
  await rate(each, 4, (n) =>
    new Api(index.url).signUp({ name: `person${n}`, password: 'tulips in the rain 1' }),
  );
  const names = Array.from({ length: each }, (_, n) => [`person${n}`, `nobody${n}`]).flat();
  for (let n = names.length - 1; n > 0; n -= 1) {
    const other = Math.floor(Math.random() * (n + 1));
    [names[n], names[other]] = [names[other]!, names[n]!];
  }
  const refuse = async (name: string, n: number): Promise<string> => {
    const answer = await fetch(`${index.url}/token?service=main`, {
      headers: {
        authorization: `Basic ${Buffer.from(`${name}:not the password`).toString('base64')}`,
        'x-forwarded-for': addressOf(n),
      },
    });
    return `${answer.status} ${await answer.text()}`;
  };
  for (let n = 0; n < 20; n += 1) await refuse(`warm${n}`, 60_000 + n);
  const took = { person: [] as number[], nobody: [] as number[] };
  const answers = new Set<string>();
  for (const [n, name] of names.entries()) {
    const kind = name.startsWith('person') ? 'person' : 'nobody';
    took[kind].push(await timed(async () => answers.add(await refuse(name, n))));
  }
  print('names with an account and without one', `${each}, ${each}`);
  print('different answers', `${answers.size} (aim 1)`);
  const median = (values: number[]): string => quantile(values, 0.5).toFixed(1);
  print(
    'median of a refusal, with and without an account',
    `${median(took.person)}, ${median(took.nobody)} ms`,
  );
  print('area under the curve', `${areaUnderCurve(took.person, took.nobody).toFixed(3)} (aim 0.45 to 0.55)`);
  await index.stop();
}

runBench(main);
