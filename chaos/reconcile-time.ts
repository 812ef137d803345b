import { generations, registryProgram } from '../test/acceptance/support/programs';
import { RegistryFixture } from '../test/support/registry-fixture';
import { FaultyRegistry } from './faulty-registry';
import { reconcileRealRegistry } from './real-reconcile';
import type { Measurement, Scenario } from './scenario';
import { seedIndex } from './seeded-index';

const tags = Array.from({ length: 10 }, (_, n) => `v${n}`);

/**
 * Measures reconciles of repositories whose tags the index does not know, and of the same repositories unchanged: at a
 * registry that responds immediately, which shows the time that the index itself takes, and at the real registries that
 * are installed.
 */
export const reconcileTime: Scenario = async ({ short }) => {
  const size = short ? 50 : 1_000;
  const measurements = await reconcileFakeRegistry(size);
  for (const generation of generations.filter((each) => registryProgram(each).path !== undefined)) {
    measurements.push(...(await reconcileRealRegistry(generation, size)));
  }
  return measurements;
};

async function reconcileFakeRegistry(size: number): Promise<Measurement[]> {
  const fixture = await RegistryFixture.start('2.8');
  const registry = await FaultyRegistry.start(size, tags);
  try {
    await fixture.setRegistryUrl(registry.url);
    await seedIndex(fixture.sql, fixture.registry.id, size, []);
    const timed = async (full: boolean): Promise<{ seconds: number; requests: number; added: number }> => {
      registry.requests = 0;
      const { startedAt, finishedAt, added } = await fixture.reconcile({ full });
      const seconds = (finishedAt.getTime() - startedAt.getTime()) / 1000;
      return { seconds, requests: registry.requests, added };
    };
    const first = await timed(false);
    const unchanged = await timed(false);
    const full = await timed(true);
    return [
      {
        label: `tags added, of ${size} repositories with ${tags.length} each`,
        value: first.added,
        expected: size * tags.length,
      },
      { label: '  seconds for that', value: first.seconds, max: 60 },
      { label: '  seconds if nothing changed', value: unchanged.seconds, max: 60 },
      {
        label: '  requests per unchanged repository, including the catalog',
        value: unchanged.requests / size,
        max: 1 + 2 / size,
      },
      { label: '  seconds of a full reconcile, which requests every digest', value: full.seconds, max: 60 },
    ];
  } finally {
    await registry.stop();
    await fixture.stop();
  }
}
