import { RegistryFixture } from '../test/support/registry-fixture';
import { fillIndex } from './seeded-index';
import { FalseRegistry, lies } from './faulty-registry';
import type { Drill, Figure } from './scenario';

/** A registry lies in every way that was ever seen, and each lie is reconciled twice: nothing may be removed. */
export const lyingRegistry: Drill = async ({ short }) => {
  const size = short ? 200 : 10_000;
  const reallyGone = short ? 10 : 50;
  const at = await RegistryFixture.start('2.8');
  const registry = await FalseRegistry.start(size, ['v1']);
  const figures: Figure[] = [];
  try {
    await at.setRegistryUrl(registry.url);
    await fillIndex(at.sql, at.registry.id, size, ['v1']);
    const left = async (): Promise<number> =>
      Number((await at.sql.query<{ n: string }>('select count(*) as n from tag')).rows[0]!.n);
    for (const lie of lies) {
      registry.lie = lie;
      let silent = 0;
      for (let reconcile = 0; reconcile < 2; reconcile += 1) {
        const { error, alarm } = await at.reconcile();
        if ((error ?? alarm) === null) silent += 1;
      }
      figures.push({
        what: `wrong deletes of ${size} by a registry that ${lie}`,
        found: size - (await left()),
        asked: 0,
      });
      figures.push({ what: 'of 2 such reconciles without failure or alarm', found: silent, asked: 0 });
    }
    registry.lie = undefined;
    await at.reconcile();
    for (let n = 0; n < reallyGone; n += 1) registry.gone.add(n);
    await at.reconcile();
    figures.push({ what: 'real deletes after one honest reconcile', found: size - (await left()), asked: 0 });
    await at.reconcile();
    figures.push({ what: 'real deletes after two', found: size - (await left()), asked: reallyGone });
    return figures;
  } finally {
    await registry.stop();
    await at.stop();
  }
};
