import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import fc from 'fast-check';
import { deleteInOrder } from './manifest-deletion';

/** A registry that keeps what another manifest of it lists; `lists` has the entries of each index. */
function registryOf(lists: ReadonlyMap<string, readonly string[]>): {
  readonly present: Set<string>;
  readonly deleteOne: (digest: string) => Promise<'deleted' | 'referenced'>;
} {
  const present = new Set(lists.keys());
  return {
    present,
    deleteOne: (digest) => {
      const isListed = [...present].some((other) => lists.get(other)?.includes(digest));
      if (!isListed) present.delete(digest);
      return Promise.resolve(isListed ? 'referenced' : 'deleted');
    },
  };
}

describe('deletion of manifests', () => {
  it('deletes everything in any order, however deep indexes are nested', async () => {
    const graph = fc.array(fc.array(fc.nat(7), { maxLength: 3 }), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(graph, fc.infiniteStream(fc.nat()), async (entries, chance) => {
        // An index lists only manifests that existed before it.
        const lists = new Map(
          entries.map((listed, n) => [String(n), listed.filter((entry) => entry < n).map(String)]),
        );
        const registry = registryOf(lists);
        const shuffled = [...lists.keys()]
          .map((digest) => ({ digest, rank: chance.next().value }))
          .sort((a, b) => a.rank - b.rank);
        const kept = await deleteInOrder(
          shuffled.map(({ digest }) => digest),
          registry.deleteOne,
        );
        assert.deepEqual([kept?.size, registry.present.size], [0, 0]);
      }),
    );
  });

  it('returns what is left because of an index that stays, and what is not deleted at all', async () => {
    const registry = registryOf(
      new Map([
        ['stays', ['listed']],
        ['listed', []],
        ['free', []],
      ]),
    );
    const kept = await deleteInOrder(['listed', 'free'], registry.deleteOne);
    assert.deepEqual([...kept!], [['listed', 'referenced']]);
    const none = await deleteInOrder(['a', 'b'], () => Promise.resolve('disabled'));
    assert.deepEqual(
      [...none!],
      [
        ['a', 'disabled'],
        ['b', 'disabled'],
      ],
    );
  });

  it('stops as soon as nothing more may be deleted', async () => {
    const asked: string[] = [];
    const outcome = await deleteInOrder(['a', 'b'], (digest) => {
      asked.push(digest);
      return Promise.resolve('changed');
    });
    assert.deepEqual([outcome, asked], [undefined, ['a']]);
  });
});
