const firstDelay = 250;
const longestDelay = 30_000;
const steadyAfter = 30_000;

/**
 * Delays between restarts of something that dies: 250 ms, doubled at each death up to 30 s, and from the beginning
 * again once it has stayed up for 30 s. All in milliseconds.
 */
export class Backoff {
  private deaths = 0;

  /** The pause before the next start, after a life of `uptime`. */
  afterDeath(uptime: number): number {
    if (uptime >= steadyAfter) this.deaths = 0;
    const delay = Math.min(longestDelay, firstDelay * 2 ** this.deaths);
    this.deaths += 1;
    return delay;
  }
}
