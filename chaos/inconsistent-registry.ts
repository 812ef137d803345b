import { RegistryFixture } from '../test/support/registry-fixture';
import { faults, FaultyRegistry } from './faulty-registry';
import type { Measurement, Scenario } from './scenario';
import { seedIndex } from './seeded-index';

/**
 * A registry shows each known fault during two reconciles, which must delete no tag and must fail or raise an alarm.
 * Afterwards it really loses some repositories; the second reconcile that misses their tags must delete them.
 */
export const inconsistentRegistry: Scenario = async ({ short }) => {
  const size = short ? 200 : 10_000;
  const deletedAtRegistry = short ? 10 : 50;
  const fixture = await RegistryFixture.start('2.8');
  const registry = await FaultyRegistry.start(size, ['v1']);
  const measurements: Measurement[] = [];
  try {
    await fixture.setRegistryUrl(registry.url);
    await seedIndex(fixture.sql, fixture.registry.id, size, ['v1']);
    const deletedTags = async (): Promise<number> => {
      const { rows } = await fixture.sql.query<{ n: string }>('select count(*) as n from tag');
      return size - Number(rows[0]!.n);
    };
    for (const fault of faults) {
      registry.fault = fault;
      let unnoticed = 0;
      for (let reconcile = 0; reconcile < 2; reconcile += 1) {
        const { error, alarm } = await fixture.reconcile();
        if ((error ?? alarm) === null) unnoticed += 1;
      }
      measurements.push(
        {
          label: `wrong deletions, of ${size} tags, for a registry that ${fault}`,
          value: await deletedTags(),
          expected: 0,
        },
        { label: '  of 2 reconciles, without error or alarm', value: unnoticed, expected: 0 },
      );
    }
    registry.fault = undefined;
    await fixture.reconcile();
    for (let n = 0; n < deletedAtRegistry; n += 1) registry.deleted.add(n);
    await fixture.reconcile();
    measurements.push({
      label: 'real deletions after one reconcile without a fault',
      value: await deletedTags(),
      expected: 0,
    });
    await fixture.reconcile();
    measurements.push({
      label: 'real deletions after two',
      value: await deletedTags(),
      expected: deletedAtRegistry,
    });
    return measurements;
  } finally {
    await registry.stop();
    await fixture.stop();
  }
};
