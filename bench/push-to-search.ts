import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Api } from '../test/acceptance/support/api';
import { temporaryFolder } from '../test/acceptance/support/environment';
import { Product } from '../test/acceptance/support/product';
import { BlobRegistry } from '../test/acceptance/support/registry';
import { print, quantile, rate, runBench, timed } from './stats';
import { expectStatus, push } from './push';

// Measures the time from a push to a search that lists the image, the time of a start, the rates of sign-ups and sign-ins,
// and the memory of an idle index.

const pushes = 50;
const signUps = 200;
const clients = 8;
const alice = { name: 'alice', password: 'tulips in the rain 1' };

/** Returns the milliseconds until a search for `term` lists `name`. */
async function timeUntilListed(index: Product, term: string, name: string): Promise<number> {
  return timed(async () => {
    for (;;) {
      const response = await fetch(`${index.url}/v1/search?q=${term}&n=25`);
      const { results } = (await response.json()) as { results: { name: string }[] };
      if (results.some((result) => result.name === name)) return;
    }
  });
}

/** Returns the megabytes of memory of the processes whose command line or environment contains `folder`, by kind. */
function memory(folder: string): Map<string, number> {
  const kinds = new Map<string, number>();
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      const environment = readFileSync(`/proc/${pid}/environ`, 'utf8');
      if (!line.includes(folder) && !environment.includes(folder)) continue;
      // The proportional set size counts shared pages once, in equal parts.
      const kilobytes = /^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? '0';
      const kind = /server\/src\/main/.test(line)
        ? 'server'
        : /worker\/src\/main/.test(line)
          ? 'worker'
          : /postgres/.test(line)
            ? 'database'
            : 'supervisor';
      kinds.set(kind, (kinds.get(kind) ?? 0) + Number(kilobytes) / 1024);
    } catch {
      // The process has ended.
    }
  }
  return kinds;
}

async function main(): Promise<void> {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'index'));
  const registry = await BlobRegistry.prepare('distribution3', join(folder, 'registry'));
  let index!: Product;
  const limits = { RATE_LIMITS: 'off' };
  print(
    'start to ready, empty database',
    `${Math.round(await timed(async () => (index = await Product.start(join(folder, 'index'), limits))))} ms (aim < 15000)`,
  );
  await index.stop();
  print(
    'start to ready, existing database',
    `${Math.round(await timed(() => index.start()))} ms (aim < 5000)`,
  );
  await index.registerAndStart(registry, 'main');
  const anonymous = new Api(index.url);

  const signedUp = await rate(signUps, clients, (n) =>
    anonymous.signUp({ name: `person${n}`, password: `a long password of ${n}` }),
  );
  print(`sign-ups per second, ${clients} clients`, signedUp.toFixed(1));
  const signedIn = await rate(signUps, clients, async (n) => {
    const response = await anonymous.send('POST', '/api/v1/login', {
      username: `person${n}`,
      password: `a long password of ${n}`,
    });
    await expectStatus(200, response);
  });
  print(`sign-ins per second, ${clients} clients, a new account each`, signedIn.toFixed(1));

  await anonymous.signUp(alice);
  const api = new Api(index.url, alice);
  const delays: number[] = [];
  for (let n = 0; n < pushes; n += 1) {
    const name = `fresh${n}x${randomBytes(3).toString('hex')}`;
    const token = await api.registryToken('main', `repository:alice/${name}:pull,push`);
    await push(registry, `alice/${name}`, token);
    delays.push(await timeUntilListed(index, name, `alice/${name}`));
  }
  print(
    `last byte of a push to the first search, p50 of ${pushes}`,
    `${Math.round(quantile(delays, 0.5))} ms`,
  );
  print(
    `last byte of a push to the first search, p99 of ${pushes}`,
    `${Math.round(quantile(delays, 0.99))} ms (aim < 1000)`,
  );

  await new Promise((resolve) => setTimeout(resolve, 5_000));
  for (const [kind, megabytes] of memory(folder))
    print(`memory when idle, ${kind}`, `${Math.round(megabytes)} MB`);
  await registry.stop();
  await index.stop();
}

runBench(main);
