import { setTimeout as pause } from 'node:timers/promises';

// With this many pending requests the server is overloaded, and further ones would measure nothing new.
const maxConcurrent = 200;

/**
 * Starts `work` at a fixed rate, like independent clients: it does not wait for earlier calls. `n` counts the calls
 * from 0.
 */
export class LoadGenerator {
  private isRunning = true;
  private started = 0;
  private readonly startedAt = performance.now();
  private readonly pending = new Set<Promise<void>>();
  private readonly loop: Promise<void>;

  constructor(
    private readonly perSecond: number,
    private readonly work: (n: number) => Promise<void>,
  ) {
    this.loop = this.run();
  }

  /** Starts no more calls, waits for the pending ones and returns the achieved rate per second. Throws if a call failed. */
  async stop(): Promise<number> {
    const seconds = (performance.now() - this.startedAt) / 1000;
    this.isRunning = false;
    await this.loop;
    await Promise.all(this.pending);
    return this.started / seconds;
  }

  private async run(): Promise<void> {
    while (this.isRunning) {
      const due = ((performance.now() - this.startedAt) / 1000) * this.perSecond;
      while (this.started < due && this.pending.size < maxConcurrent) this.start(this.started++);
      await pause(5);
    }
  }

  private start(n: number): void {
    const call = this.work(n).then(() => void this.pending.delete(call));
    this.pending.add(call);
    // A failed call stays in the set, so that `stop` throws its error.
    call.catch(() => undefined);
  }
}
