import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { BlobRegistry } from '../../test/acceptance/support/registry';
import { print, quantile, timed } from '../stats';
import { push } from '../push';
import type { SeededInstance } from './seeded-instance';
import type { WriteLoad } from './write-load';

const timeoutMs = 10_000;
// Each poll is one more search beside the load.
const pollIntervalMs = 5;

interface Row {
  readonly name: string;
  readonly star_count: number;
}

/** Starts a registry and registers it as `main`. It stays registered after it is stopped. */
export async function registryFor(index: SeededInstance): Promise<BlobRegistry> {
  const registry = await BlobRegistry.prepare('distribution3', join(index.folder, 'registry'));
  await index.product.registerAndStart(registry, 'main');
  return registry;
}

/**
 * Prints the milliseconds from the response to a change (of a push: to the manifest) until `/v1/search` shows the change,
 * for each kind. Each of the new repositories is pushed, described, starred, hidden, shown and deleted.
 */
export async function freshness(
  index: SeededInstance,
  writes: WriteLoad,
  registry: BlobRegistry,
  repositories: number,
): Promise<void> {
  const kinds = new Map<string, number[]>();
  const waitUntilShown = async (
    kind: string,
    q: string,
    path: string,
    isShown: (row?: Row) => boolean,
  ): Promise<void> => {
    const milliseconds = await timed(async () => {
      const started = performance.now();
      for (;;) {
        const response = await fetch(`${index.url}/v1/search?q=${q}&n=25`);
        const { results } = (await response.json()) as { results: Row[] };
        if (isShown(results.find(({ name }) => name === path))) return;
        await pause(pollIntervalMs);
        if (performance.now() - started > timeoutMs)
          throw new Error(`${kind} of ${path} was not shown within ${timeoutMs} ms`);
      }
    });
    kinds.set(kind, [...(kinds.get(kind) ?? []), milliseconds]);
  };
  for (let n = 0; n < repositories; n += 1) {
    const [name, word] = [`fresh${n}x`, `word${n}x`].map((text) => text + randomBytes(3).toString('hex'));
    const path = `alice/${name!}`;
    await push(registry, path, await writes.api.registryToken('main', `repository:${path}:pull,push`));
    await waitUntilShown('push', name!, path, (row) => row !== undefined);
    await writes.describe(path, `about ${word!}`);
    await waitUntilShown('description', word!, path, (row) => row !== undefined);
    await writes.api.star(path);
    await waitUntilShown('star', name!, path, (row) => row?.star_count === 1);
    await writes.setVisibility(path, 'private');
    await waitUntilShown('hiding', name!, path, (row) => row === undefined);
    await writes.setVisibility(path, 'public');
    await waitUntilShown('showing', name!, path, (row) => row !== undefined);
    await writes.delete(path);
    await waitUntilShown('deletion', name!, path, (row) => row === undefined);
  }
  const all = [...kinds.values()].flat();
  const format = (values: readonly number[]): string =>
    `${quantile(values, 0.5).toFixed(0)}, ${quantile(values, 0.99).toFixed(0)}`;
  for (const [kind, values] of kinds) print(`  ${kind}: p50, p99 ms`, format(values));
  print(`  all ${all.length}: p50, p99 ms`, `${format(all)} (aim p99 <= 1000)`);
}
