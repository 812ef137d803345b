const firstDelayMs = 250;
const maxDelayMs = 30_000;
const stableAfterMs = 30_000;

/**
 * Delays between restarts of something that dies: 250 ms, doubled at each death up to 30 s, and from the beginning
 * again once it has stayed up for 30 s. All in milliseconds.
 */
export class Backoff {
  private deaths = 0;

  /** The pause before the next start, after a life of `uptime`. */
  nextDelay(uptime: number): number {
    if (uptime >= stableAfterMs) this.deaths = 0;
    const delay = Math.min(maxDelayMs, firstDelayMs * 2 ** this.deaths);
    this.deaths += 1;
    return delay;
  }
}
