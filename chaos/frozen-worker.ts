import { setTimeout as pause } from 'node:timers/promises';
import { loadMeasurements, ProductUnderLoad } from './product-under-load';
import type { Scenario } from './scenario';

/**
 * A worker is frozen (SIGSTOP) in the middle of its work, for longer than other workers wait for its heartbeat. Another
 * worker must do the jobs that it holds, and the frozen one must repeat none of them when it resumes.
 */
export const frozenWorker: Scenario = async ({ short }) => {
  const seconds = short ? 45 : 60;
  const load = await ProductUnderLoad.start();
  const otherWorker = load.product.start(['worker'], { LOG_LEVEL: 'warn' });
  try {
    const worker = load.product.processes().find(({ command }) => /apps\/worker\//.test(command));
    if (worker === undefined) throw new Error('no worker is running');
    load.begin();
    await pause(3_000);
    process.kill(worker.pid, 'SIGSTOP');
    await pause(seconds * 1000);
    const comparison = await load.compare();
    const before = await load.pulls();
    process.kill(worker.pid, 'SIGCONT');
    await pause(5_000);
    const after = await load.pulls();
    return [
      { label: 'seconds that the worker was frozen', value: seconds },
      ...loadMeasurements(comparison),
      { label: 'pulls counted again after the worker resumed', value: after - before, expected: 0 },
    ];
  } finally {
    await otherWorker.stop();
    await load.stop();
  }
};
