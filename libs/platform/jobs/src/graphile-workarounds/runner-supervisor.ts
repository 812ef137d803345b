import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from '@central-index/platform/logging';
import type { Runner } from 'graphile-worker';

const retryMs = 500;

/** A job runner that is replaced by a new one when some of its workers have given up. What has begun goes on. */
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

  /** Begins; throws when it cannot for the first time. */
  static async start(begin: () => Promise<Runner>, logger: Logger): Promise<RunnerSupervisor> {
    return new RunnerSupervisor(await begin(), begin, logger);
  }

  /** Replaces the runner, as soon as the database lets a new one begin. */
  restart(): void {
    if (this.stopped) return;
    this.restarting ??= this.replace().finally(() => (this.restarting = undefined));
  }

  /** Ends for good, when what has begun is done. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.restarting;
    this.retire(this.runner);
    await Promise.all(this.retired);
  }

  private async replace(): Promise<void> {
    // Others may be giving up at this moment: one new runner is for all of them.
    for (let next: Runner | undefined; !this.stopped && next === undefined;) {
      await pause(retryMs);
      next = await this.startRunner().catch((error: unknown) => {
        this.logger.warn({ err: error }, 'jobs are not run: the database is away');
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

  // A runner that ends by itself has lost all its workers.
  private watch(runner: Runner): void {
    const ended = (): void => {
      if (runner === this.runner) this.restart();
    };
    runner.promise.then(ended, ended);
  }
}
