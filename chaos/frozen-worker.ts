import { setTimeout as pause } from 'node:timers/promises';
import type { Drill } from './scenario';
import { ProductUnderLoad } from './product-under-load';

/**
 * The worker is frozen in the middle of its work, for longer than others wait for a sign of it. Another one does what it
 * left behind; when it thaws, it must do nothing a second time.
 */
export const frozenWorker: Drill = async ({ short }) => {
  const seconds = short ? 45 : 60;
  const load = await ProductUnderLoad.start();
  const other = load.place.start(['worker'], { LOG_LEVEL: 'warn' });
  try {
    const worker = load.place.processes().find(({ command }) => /apps\/worker\//.test(command));
    if (worker === undefined) throw new Error('there is no worker');
    load.begin();
    await pause(3_000);
    process.kill(worker.pid, 'SIGSTOP');
    await pause(seconds * 1000);
    const { differingTags, miscounted, secondsToAgree, lost, invented, acknowledged } = await load.compare();
    const before = await load.pulls();
    process.kill(worker.pid, 'SIGCONT');
    await pause(5_000);
    const after = await load.pulls();
    return [
      { what: 'seconds that the worker was frozen', found: seconds },
      { what: 'writes acknowledged meanwhile', found: acknowledged },
      { what: 'acknowledged and lost', found: lost, asked: 0 },
      { what: 'there and never asked for', found: invented, asked: 0 },
      { what: 'tags that differ from the registry while it is frozen', found: differingTags, asked: 0 },
      { what: 'pulls counted twice or never', found: miscounted, asked: 0 },
      { what: 'seconds until index and registry agreed', found: secondsToAgree, atMost: 30 },
      { what: 'pulls counted once more when it thawed', found: after - before, asked: 0 },
    ];
  } finally {
    await other.stop();
    await load.stop();
  }
};
