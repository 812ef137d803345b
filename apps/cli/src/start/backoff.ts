const firstDelayMs = 250;
const maxDelayMs = 30_000;
const stableAfterMs = 30_000;

/**
 * Delays in milliseconds before restarts of a process: 250 ms, doubled at each exit up to 30 s. After an uptime of at
 * least 30 s they begin at 250 ms again.
 */
export class Backoff {
  private exits = 0;

  /** The delay before the next start, in milliseconds, after `uptime` milliseconds. */
  nextDelay(uptime: number): number {
    if (uptime >= stableAfterMs) this.exits = 0;
    const delay = Math.min(maxDelayMs, firstDelayMs * 2 ** this.exits);
    this.exits += 1;
    return delay;
  }
}
