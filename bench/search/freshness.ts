import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { BlobRegistry } from '../../test/acceptance/support/registry';
import { print, quantile, timed } from '../stats';
import { push } from '../push';
import type { FilledProduct } from './seeded-instance';
import type { Owner } from './write-load';

const giveUpMs = 10_000;
// Milliseconds; looking is a search more, beside those that are measured.
const betweenLooks = 5;

interface Row {
  readonly name: string;
  readonly star_count: number;
}

/** A registry that reports to the index, for pushes; stays registered when it is stopped. */
export async function registryFor(index: FilledProduct): Promise<BlobRegistry> {
  const registry = await BlobRegistry.prepare('distribution3', join(index.folder, 'registry'));
  await index.product.registerAndStart(registry, 'main');
  return registry;
}

/**
 * Milliseconds from the answer to a change (of a push: from its last byte) until `/v1/search` shows it, kind by kind,
 * printed for so many repositories, each pushed, described, starred, hidden, shown and deleted.
 */
export async function freshness(
  index: FilledProduct,
  owner: Owner,
  registry: BlobRegistry,
  repositories: number,
): Promise<void> {
  const kinds = new Map<string, number[]>();
  const seen = async (kind: string, q: string, path: string, is: (row?: Row) => boolean): Promise<void> => {
    const took = await timed(async () => {
      const started = performance.now();
      for (;;) {
        const answer = await fetch(`${index.url}/v1/search?q=${q}&n=25`);
        const { results } = (await answer.json()) as { results: Row[] };
        if (is(results.find(({ name }) => name === path))) return;
        await pause(betweenLooks);
        if (performance.now() - started > giveUpMs) throw new Error(`${kind} of ${path} was not seen`);
      }
    });
    kinds.set(kind, [...(kinds.get(kind) ?? []), took]);
  };
  for (let n = 0; n < repositories; n += 1) {
    const [name, word] = [`fresh${n}x`, `word${n}x`].map((text) => text + randomBytes(3).toString('hex'));
    const path = `alice/${name!}`;
    await push(registry, path, await owner.api.registryToken('main', `repository:${path}:pull,push`));
    await seen('push', name!, path, (row) => row !== undefined);
    await owner.describe(path, `about ${word!}`);
    await seen('description', word!, path, (row) => row !== undefined);
    await owner.api.star(path);
    await seen('star', name!, path, (row) => row?.star_count === 1);
    await owner.show(path, 'private');
    await seen('hiding', name!, path, (row) => row === undefined);
    await owner.show(path, 'public');
    await seen('showing', name!, path, (row) => row !== undefined);
    await owner.remove(path);
    await seen('deletion', name!, path, (row) => row === undefined);
  }
  const all = [...kinds.values()].flat();
  const told = (took: readonly number[]): string =>
    `${quantile(took, 0.5).toFixed(0)}, ${quantile(took, 0.99).toFixed(0)}`;
  for (const [kind, took] of kinds) print(`  ${kind}: p50, p99 ms`, told(took));
  print(`  all ${all.length}: p50, p99 ms`, `${told(all)} (aim p99 <= 1000)`);
}
