import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import fc from 'fast-check';
import { imageOf, indexOf } from '../../../../test/support/images';
import type { Generation, RegistryEventBody } from '../../../../test/support/registry-event-bodies';
import { RegistryUser } from '../../../../test/support/registry-user';
import { RegistryFixture } from '../../../../test/support/registry-fixture';
import { sequenceCount } from '../../../../test/support/sequence-count';

const images = [imageOf('a'), imageOf('b'), indexOf(imageOf('a'), imageOf('c'))];
const tag = fc.constantFrom('v1', 'v2');
const image = fc.nat(images.length - 1);
/** An action at the registry, or on its events. */
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ does: fc.constant('push' as const), tag, image }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('push untagged' as const), image }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('delete tag' as const), tag }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('delete image' as const), image }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('pull' as const), tag }) },
  // Events arrive in any order: some of the waiting ones in one envelope, and again later.
  {
    weight: 3,
    arbitrary: fc.record({ does: fc.constant('deliver' as const), seed: fc.nat(), keep: fc.nat(3) }),
  },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('apply' as const) }) },
);

describe('sequences of pushes, deletions and pulls', () => {
  for (const generation of ['2.8', '3.x'] satisfies Generation[]) {
    describe(`at a registry ${generation}`, () => {
      let at: RegistryFixture;
      let number = 0;
      beforeAll(async () => {
        at = await RegistryFixture.start(generation, 3);
      });
      afterAll(() => at.stop());

      it('end with the contents of the registry and each pull counted once, in any order and with repeated events', async () => {
        const property = fc.asyncProperty(
          fc.array(step, { minLength: 1, maxLength: 14 }),
          fc.nat(),
          async (steps, seed) => {
            const path = `sequences/of${(number += 1)}`;
            await at.place(path);
            const user = new RegistryUser(at.fake.url, 'alice');
            const waiting: RegistryEventBody[] = [];
            const all: RegistryEventBody[] = [];
            let pulls = 0;
            for (const one of steps) {
              if (one.does === 'push') await user.push(path, images[one.image]!, one.tag);
              else if (one.does === 'push untagged') await user.push(path, images[one.image]!);
              else if (one.does === 'delete tag') await user.delete(path, one.tag);
              else if (one.does === 'delete image') await user.delete(path, images[one.image]!.digest);
              else if (one.does === 'pull') {
                if (at.fake.contents(path).tags[one.tag] !== undefined) pulls += 1;
                await user.pull(path, one.tag).catch(() => undefined);
              } else if (one.does === 'apply') await at.apply(number % 3);
              else {
                const shuffled = shuffle(waiting, one.seed);
                const now = shuffled.splice(0, Math.max(1, shuffled.length - one.keep));
                await at.deliver(now, one.seed % 3);
                waiting.splice(0, waiting.length, ...shuffled);
              }
              const emitted = at.fake
                .drainEvents()
                .filter((event) => JSON.stringify(event).includes(`"${path}"`));
              waiting.push(...emitted);
              all.push(...emitted);
            }
            // Finally, each event arrives at least once, many twice, at three processes that apply concurrently.
            const rest = shuffle([...waiting, ...all], seed);
            await Promise.all([0, 1, 2].map((process) => at.deliver(rest, process)));
            await Promise.all([0, 1, 2].map((process) => at.apply(process)));
            assert.deepEqual(await at.contents(path), at.fake.contents(path));
            assert.equal((await at.row(path)).pulls, String(pulls));
            assert.equal((await at.eventCounts()).stored, undefined);
          },
        );
        await fc.assert(property, { numRuns: sequenceCount });
      });
    });
  }
});

/** A permutation that depends only on the seed. */
function shuffle<T>(list: readonly T[], seed: number): T[] {
  const result = [...list];
  let state = seed + 1;
  for (let n = result.length - 1; n > 0; n -= 1) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    const other = state % (n + 1);
    [result[n], result[other]] = [result[other]!, result[n]!];
  }
  return result;
}
