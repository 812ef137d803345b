import { setTimeout as pause } from 'node:timers/promises';
import { unavailabilityLogOf } from '@central-index/platform/database';
import type { Logger } from '@central-index/platform/logging';
import type { Runner } from 'graphile-worker';

const retryMs = 500;

/**
 * Keeps a job runner running: replaces it when `restart` is called or when it ends by itself. Jobs that a replaced
 * runner has begun continue to their end.
 *
 * Works around graphile-worker issue 592 (and the older 307 and 185): a worker that cannot store the outcome of its
 * job, because the database is unavailable, ends and is not replaced, and a runner without workers does not end. Can
 * go with the upgrade to 0.17, where the middleware `poolWorkerPrematureExit` may replace such a worker.
 */
export class RunnerSupervisor {
  private restarting: Promise<void> | undefined;
  private readonly retired = new Set<Promise<void>>();
  private stopped = false;

  private constructor(
    private runner: Runner,
    private readonly startRunner: () => Promise<Runner>,
    private readonly logger: Logger,
  ) {
    this.watch(runner);
  }

  /** Starts the first runner; rejects if that fails. Later runners are retried until they start. */
  static async start(startRunner: () => Promise<Runner>, logger: Logger): Promise<RunnerSupervisor> {
    return new RunnerSupervisor(await startRunner(), startRunner, logger);
  }

  /** Replaces the runner as soon as a new one can start. */
  restart(): void {
    if (this.stopped) return;
    this.restarting ??= this.replace().finally(() => (this.restarting = undefined));
  }

  /** Stops the runner and all that it replaced; resolves when their running jobs have ended. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.restarting;
    this.retire(this.runner);
    await Promise.all(this.retired);
  }

  private async replace(): Promise<void> {
    // Several workers fail in the same outage: the pause lets one new runner replace all of them.
    for (let next: Runner | undefined; !this.stopped && next === undefined;) {
      await pause(retryMs);
      next = await this.startRunner().catch((error: unknown) => {
        unavailabilityLogOf(this.logger).report(error, { source: 'job runner' });
        return undefined;
      });
      if (next === undefined) continue;
      this.retire(this.runner);
      this.runner = next;
      this.watch(next);
    }
  }

  private retire(runner: Runner): void {
    const ending = runner.stop().catch(() => undefined);
    this.retired.add(ending);
    void ending.finally(() => this.retired.delete(ending));
  }

  private watch(runner: Runner): void {
    const onEnd = (): void => {
      if (runner === this.runner) this.restart();
    };
    runner.promise.then(onEnd, onEnd);
  }
}
