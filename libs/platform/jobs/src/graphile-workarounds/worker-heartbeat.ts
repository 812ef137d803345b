import { runQuery, unavailabilityLogOf } from '@central-index/platform/database';
import type { Logger } from '@central-index/platform/logging';
import type { Pool, PoolClient } from 'pg';
import {
  beat,
  recordHeartbeat,
  recoverJobs,
  terminateStaleSessions,
  tryLockWorker,
} from './worker-heartbeat.queries';

// First half of an advisory lock's key; the second is the hash of a worker's id.
const lockClass = 1_785_688_947;
const defaultTiming = {
  intervalMs: 5_000,
  // A process that was suspended or swapped out keeps its sessions; after this time it counts as dead.
  staleAfterMs: 30_000,
};

/**
 * Unlocks the jobs of workers that crashed or froze. Each worker of this process holds an advisory lock on its id, in a
 * session that sends a heartbeat every 5 s. A worker that dies loses the lock with its session; a session without a
 * heartbeat for 30 s is terminated by other workers. Jobs whose worker has no lock are unlocked. A frozen worker that
 * resumes may run a job that another one has done: jobs are idempotent.
 *
 * Works around graphile-worker issue 222: jobs of a crashed worker stay locked for four hours, in which no other job of
 * the same named queue runs. The library recovers them only in its commercial edition. Can go when the free edition
 * does. From 0.17 on jobs are locked by the pool of workers, no longer by a worker: the ids must change with it.
 */
export class WorkerHeartbeat {
  private readonly workers = new Set<string>();
  private readonly locked = new Set<string>();
  private session: PoolClient | undefined;
  private timer: NodeJS.Timeout | undefined;
  private lastBeat: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(
    private readonly pool: Pool,
    private readonly logger: Logger,
    private readonly timing = defaultTiming,
  ) {}

  /** Protects the jobs of this worker from now on. */
  register(workerId: string): void {
    this.workers.add(workerId);
    this.scheduleBeat(0);
  }

  /** Lets other workers run the jobs that this worker has locked. */
  unregister(workerId: string): void {
    this.workers.delete(workerId);
    // Its lock is released with the session; the other workers of this process are locked in the next session.
    this.dropSession();
    this.scheduleBeat(0);
  }

  /** Ends the session, and with it the protection of all workers of this process. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.lastBeat;
    this.dropSession();
  }

  private scheduleBeat(delayMs: number): void {
    clearTimeout(this.timer);
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.lastBeat = this.lastBeat
        .then(() => this.beatAndRecover())
        .catch((error: unknown) =>
          unavailabilityLogOf(this.logger).report(error, { source: 'recovery of jobs' }),
        )
        .then(() => this.scheduleBeat(this.timing.intervalMs));
    }, delayMs);
  }

  private async beatAndRecover(): Promise<void> {
    const session = (this.session ??= await this.openSession());
    await runQuery(session, beat);
    await runQuery(this.pool, recordHeartbeat);
    for (const id of this.workers) {
      if (this.locked.has(id)) continue;
      const { rows } = await runQuery(session, tryLockWorker, [lockClass, id]);
      if (rows[0]?.locked) this.locked.add(id);
    }
    await runQuery(this.pool, terminateStaleSessions, [lockClass, this.timing.staleAfterMs / 1000]);
    const { rows } = await runQuery(this.pool, recoverJobs, [lockClass]);
    if (rows.length > 0) {
      this.logger.warn({ workers: rows.map(({ worker }) => worker) }, 'unlocked the jobs of crashed workers');
    }
  }

  private async openSession(): Promise<PoolClient> {
    const session = await this.pool.connect();
    session.on('error', () => {
      if (this.session !== session) return;
      this.dropSession();
      this.scheduleBeat(0);
    });
    return session;
  }

  private dropSession(): void {
    this.session?.release(true);
    this.session = undefined;
    this.locked.clear();
  }
}
