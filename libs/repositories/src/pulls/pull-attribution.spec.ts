import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import fc from 'fast-check';
import { attributePulls, type ManifestRequestRow } from './pull-attribution';

const children: Readonly<Record<string, readonly string[]>> = { index: ['amd64', 'arm64'], outer: ['index'] };
const childrenOf = (digest: string): readonly string[] => children[digest] ?? [];
const noon = Date.parse('2026-01-31T12:00:00Z');

/** One request per line, `seconds method tag digest`; a dash stands for no tag. */
function attributed(...lines: readonly string[]): (string | null)[] {
  const requests = lines.map((line, id): ManifestRequestRow => {
    const [seconds, method, tag, digest] = line.split(' ');
    const at = new Date(noon + Number(seconds) * 1000);
    return { id: String(id), at, head: method === 'HEAD', tag: tag === '-' ? null : tag!, digest: digest! };
  });
  const counted = attributePulls(requests, childrenOf);
  return requests.map(({ id }) => counted.get(id)!);
}

describe('requests for manifests', () => {
  it('by GET count for the requested tag or digest', () => {
    assert.deepEqual(attributed('0 GET v1 amd64', '1 GET - amd64'), ['v1', 'amd64']);
  });

  it('by HEAD count for nothing, and determine for ten seconds which tag a digest is pulled by', () => {
    assert.deepEqual(attributed('0 HEAD v1 amd64', '10 GET - amd64', '10.001 GET - amd64'), [
      null,
      'v1',
      'amd64',
    ]);
    assert.deepEqual(attributed('1 HEAD v1 amd64', '0 GET - amd64'), [null, 'amd64']);
    assert.deepEqual(attributed('0 HEAD v1 amd64', '0 GET - arm64'), [null, 'arm64']);
    assert.deepEqual(attributed('0 HEAD v1 amd64', '1 HEAD v2 amd64', '2 GET - amd64').at(-1), 'v2');
  });

  it('of an index and its images are one pull', () => {
    // docker, crane, and a copy of all platforms.
    assert.deepEqual(attributed('0 HEAD v1 index', '0.1 GET - index', '0.2 GET - amd64'), [null, 'v1', null]);
    assert.deepEqual(attributed('0 GET v1 index', '0.1 GET - arm64'), ['v1', null]);
    assert.deepEqual(attributed('0 GET v1 outer', '1 GET - index', '2 GET - amd64', '3 GET - arm64'), [
      'v1',
      null,
      null,
      null,
    ]);
    assert.deepEqual(attributed('0 GET v1 index', '1 GET - amd64', '5 GET v1 index', '6 GET - amd64'), [
      'v1',
      null,
      'v1',
      null,
    ]);
  });

  it('of an image by its own name, or long after its index, are a pull of their own', () => {
    assert.deepEqual(attributed('0 GET v1 index', '1 GET v1-amd64 amd64'), ['v1', 'v1-amd64']);
    assert.deepEqual(attributed('0 GET v1 index', '1 HEAD amd amd64', '2 GET - amd64'), ['v1', null, 'amd']);
    assert.deepEqual(attributed('0 GET v1 index', '10.001 GET - amd64'), ['v1', 'amd64']);
    assert.deepEqual(attributed('1 GET v1 index', '0 GET - amd64'), ['v1', 'amd64']);
  });

  it('are counted the same in any order', () => {
    const request = fc.record({
      at: fc.integer({ min: 0, max: 40 }).map((half) => new Date(noon + half * 500)),
      head: fc.boolean(),
      tag: fc.constantFrom('v1', 'v2', null),
      digest: fc.constantFrom('amd64', 'arm64', 'index', 'outer'),
    });
    fc.assert(
      fc.property(fc.array(request), fc.infiniteStream(fc.nat()), (requests, numbers) => {
        const named = requests
          .filter(({ head, tag }) => !head || tag !== null)
          .map((one, id) => ({ ...one, id: String(id) }));
        const shuffled = named
          .map((one) => ({ one, rank: numbers.next().value as number }))
          .sort((a, b) => a.rank - b.rank)
          .map(({ one }) => one);
        const [straight, other] = [named, shuffled].map((list) => attributePulls(list, childrenOf));
        for (const { id } of named) assert.equal(other!.get(id), straight!.get(id));
      }),
    );
  });
});
