import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { hostileLoads, measureLoad } from '../support/hostile-load';
import { ProductFixture, type RunningProduct } from '../support/product';

// Bounds that hold on a busy machine. `npm run bench -- hostile-load` prints the figures of an idle one.
const maxReadyMs = 4_000;
const maxGrowthMb = 160;
const seconds = 3;

describe('a server process that one client floods', () => {
  let fixture: ProductFixture;
  let product: RunningProduct;
  let pid: number;
  beforeAll(async () => {
    fixture = await ProductFixture.create();
    product = fixture.start(['start'], { SERVER_PROCESSES: '1', RATE_LIMITS: 'off', LOG_LEVEL: 'error' });
    await product.ready();
    pid = fixture.processes().find(({ command }) => command.includes('/apps/server/'))!.pid;
  });
  afterAll(() => fixture.remove());

  for (const load of hostileLoads) {
    it(`responds to others and stays small: ${load.name}`, async () => {
      const { readyMs, growthMb } = await measureLoad(product.anonymous.url, pid, load, seconds);
      const slowest = Math.max(...readyMs);
      assert.ok(slowest < maxReadyMs, `/readyz took ${slowest.toFixed(0)} ms`);
      assert.ok(growthMb < maxGrowthMb, `memory grew by ${growthMb.toFixed(0)} MB`);
    });
  }
});
