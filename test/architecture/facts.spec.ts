import { describe, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import assert from 'node:assert/strict';
import { facts } from '../../apps/worker/src/facts';
import { subscriptions } from '../../apps/worker/src/subscriptions';
import { sourceFiles } from './source-files';

const sorted = (types: readonly string[]): string[] => [...types].sort();
const listed = Object.values(facts).map(({ type }) => type);
// Handlers are not called here, so no service is needed.
const context = { get: () => ({}) } as unknown as INestApplicationContext;

describe('the facts of the worker', () => {
  it('are all that the libraries define', () => {
    const defined = sourceFiles()
      .filter(({ path }) => path.endsWith('.facts.ts'))
      .flatMap(({ text }) => [...text.matchAll(/defineFact<[^]*?>\(\s*'([^']+)'/g)].map(([, type]) => type!));
    assert.ok(defined.length > 10);
    assert.deepEqual(sorted(listed), sorted(defined));
  });

  it('have one subscription each', () => {
    assert.deepEqual(sorted(subscriptions(context).map(({ type }) => type)), sorted(listed));
  });

  it('are emptied from the outbox where they are batched', () => {
    const batched = Object.values(facts).flatMap(({ type, batched: isBatched }) => (isBatched ? [type] : []));
    const handled = subscriptions(context).flatMap(({ type, handleBatch }) => (handleBatch ? [type] : []));
    assert.deepEqual(sorted(handled), sorted(batched));
  });
});
