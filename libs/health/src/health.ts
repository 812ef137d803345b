/** What the database shows of the product's work. */
export interface HealthFacts {
  /** The last heartbeat of any worker; undefined before the first. */
  readonly workerLastSeen: Date | undefined;
  /** Jobs that failed in all their attempts, and that nothing runs again. */
  readonly failedJobs: number;
  /** When the oldest event that is still pending was received; undefined if none is. */
  readonly oldestEvent: Date | undefined;
}

/** `ok`, or one sentence that says what is wrong. */
export type Check = string;

/** The state of the product: `degraded` serves requests, but something behind them does not happen. */
export interface Health {
  readonly status: 'ready' | 'degraded' | 'unavailable';
  readonly checks: {
    readonly database: Check;
    readonly worker: Check;
    readonly jobs: Check;
    readonly events: Check;
  };
}

const ok: Check = 'ok';
const unknown: Check = 'unknown: the database does not answer';
const maxSilenceMs = 60_000;
const maxEventAgeMs = 60_000;

/** Judges the facts; undefined if the database did not answer. */
export function assessHealth(facts: HealthFacts | undefined, now: Date): Health {
  if (facts === undefined) {
    return {
      status: 'unavailable',
      checks: { database: 'the database does not answer', worker: unknown, jobs: unknown, events: unknown },
    };
  }
  const checks = {
    database: ok,
    worker: checkWorker(facts.workerLastSeen, now),
    jobs: checkJobs(facts.failedJobs),
    events: checkEvents(facts.oldestEvent, now),
  };
  const isReady = Object.values(checks).every((check) => check === ok);
  return { status: isReady ? 'ready' : 'degraded', checks };
}

function checkWorker(lastSeen: Date | undefined, now: Date): Check {
  if (lastSeen === undefined) return 'no worker has ever been alive: start one with `central-index worker`';
  const silence = now.getTime() - lastSeen.getTime();
  return silence > maxSilenceMs ? `no worker has been alive for ${duration(silence)}` : ok;
}

function checkJobs(failed: number): Check {
  if (failed === 0) return ok;
  return `${failed} ${failed === 1 ? 'job has' : 'jobs have'} failed in all attempts: see the log of the worker`;
}

function checkEvents(oldest: Date | undefined, now: Date): Check {
  const age = oldest === undefined ? 0 : now.getTime() - oldest.getTime();
  return age > maxEventAgeMs ? `an event of a registry has been waiting for ${duration(age)}` : ok;
}

function duration(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  return seconds < 120 ? `${seconds} s` : `${Math.floor(seconds / 60)} min`;
}
