import { generations, registryProgram } from '../test/acceptance/support/programs';
import { RegistryFixture } from '../test/support/registry-fixture';
import type { Drill, Figure } from './scenario';
import { FalseRegistry } from './faulty-registry';
import { fillIndex } from './seeded-index';
import { sweepReal } from './real-reconcile';

const tags = Array.from({ length: 10 }, (_, n) => `v${n}`);

/**
 * How long a registry's repositories are reconciled for, when the index knows none of their tags and when it knows all: of one
 * that answers at once, which shows what the index itself needs, and of the real ones that are installed.
 */
export const sweepTime: Drill = async ({ short }) => {
  const size = short ? 50 : 1_000;
  const figures = await sweepFalse(size);
  for (const generation of generations.filter((one) => registryProgram(one).path !== undefined)) {
    figures.push(...(await sweepReal(generation, size)));
  }
  return figures;
};

async function sweepFalse(size: number): Promise<Figure[]> {
  const at = await RegistryFixture.start('2.8');
  const registry = await FalseRegistry.start(size, tags);
  try {
    await at.setRegistryUrl(registry.url);
    await fillIndex(at.sql, at.registry.id, size, []);
    const timed = async (full: boolean): Promise<{ seconds: number; requests: number; added: number }> => {
      registry.requests = 0;
      const { startedAt, finishedAt, added } = await at.reconcile({ full });
      const seconds = (finishedAt.getTime() - startedAt.getTime()) / 1000;
      return { seconds, requests: registry.requests, added };
    };
    const first = await timed(false);
    const unchanged = await timed(false);
    const full = await timed(true);
    return [
      { what: `tags added of ${size} repositories with 10 each`, found: first.added, asked: size * 10 },
      { what: 'seconds for that', found: first.seconds, atMost: 60 },
      { what: 'seconds when nothing changed', found: unchanged.seconds, atMost: 60 },
      {
        what: 'requests a repository then, the catalog included',
        found: unchanged.requests / size,
        atMost: 1 + 2 / size,
      },
      { what: 'seconds when every digest is asked for', found: full.seconds, atMost: 60 },
    ];
  } finally {
    await registry.stop();
    await at.stop();
  }
}
