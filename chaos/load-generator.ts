import { setTimeout as pause } from 'node:timers/promises';

// Whoever is asked no longer answers when so many wait: more would say nothing else.
const mostAtOnce = 200;

/**
 * Does something so many times a second, as many people do: the next one does not wait until the one before was
 * answered.
 */
export class Paced {
  private going = true;
  private begun = 0;
  private readonly since = performance.now();
  private readonly underWay = new Set<Promise<void>>();
  private readonly running: Promise<void>;

  constructor(
    private readonly perSecond: number,
    private readonly work: (n: number) => Promise<void>,
  ) {
    this.running = this.run();
  }

  /** Begins nothing more, waits for what was begun, and answers how many a second that were. Fails if one did. */
  async stop(): Promise<number> {
    const seconds = (performance.now() - this.since) / 1000;
    this.going = false;
    await this.running;
    await Promise.all(this.underWay);
    return this.begun / seconds;
  }

  private async run(): Promise<void> {
    while (this.going) {
      const due = ((performance.now() - this.since) / 1000) * this.perSecond;
      while (this.begun < due && this.underWay.size < mostAtOnce) this.begin(this.begun++);
      await pause(5);
    }
  }

  private begin(n: number): void {
    const one = this.work(n).then(() => void this.underWay.delete(one));
    this.underWay.add(one);
    // One that fails stays, for `stop` to tell of.
    one.catch(() => undefined);
  }
}
