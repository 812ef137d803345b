import type { Logger } from '@central-index/platform/logging';
import type { Pool, PoolClient } from 'pg';

// First half of an advisory lock's key; the second is the hash of a worker's id.
const lockClass = 1_785_688_947;
const defaultTiming = {
  intervalMs: 5_000,
  // A process that was stopped or swapped out keeps its sessions; one that is silent for so long is as good as dead.
  staleAfterMs: 30_000,
};

/**
 * Frees the jobs that a killed worker held. The queue itself waits four hours for it, in which nothing of the same
 * named queue runs. A worker that lives holds an advisory lock, which its session loses when the process dies, and
 * which others take from it when the process is frozen: the session of one that shows no sign for half a minute is
 * ended. When such a worker thaws, its job may have been done by another; jobs change nothing then.
 */
export class WorkerHeartbeat {
  private readonly workers = new Set<string>();
  private readonly registered = new Set<string>();
  private session: PoolClient | undefined;
  private timer: NodeJS.Timeout | undefined;
  private beat: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(
    private readonly pool: Pool,
    private readonly logger: Logger,
    private readonly timing = defaultTiming,
  ) {}

  /** Shows from now on that a worker of this process lives. */
  register(workerId: string): void {
    this.workers.add(workerId);
    this.scheduleBeat(0);
  }

  /** Shows no longer that this worker lives: what it holds is free. */
  unregister(workerId: string): void {
    this.workers.delete(workerId);
    // Its lock goes with the session; the others take theirs again in a new one.
    this.dropSession();
    this.scheduleBeat(0);
  }

  /** Ends the session, and the signs with it. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.beat;
    this.dropSession();
  }

  private scheduleBeat(milliseconds: number): void {
    clearTimeout(this.timer);
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.beat = this.beat
        .then(() => this.beatAndRecover())
        .catch((error: unknown) =>
          this.logger.warn({ err: error }, 'jobs of killed workers were not looked for'),
        )
        .then(() => this.scheduleBeat(this.timing.intervalMs));
    }, milliseconds);
  }

  private async beatAndRecover(): Promise<void> {
    const session = (this.session ??= await this.openSession());
    // The sign itself: when this session spoke last.
    await session.query('select 1');
    for (const id of this.workers) {
      if (this.registered.has(id)) continue;
      // Not the one that waits: another worker's reconcile may be trying the same lock, for a moment.
      const { rows } = await session.query<{ held: boolean }>(
        'select pg_try_advisory_lock($1, hashtext($2)) as held',
        [lockClass, id],
      );
      if (rows[0]?.held) this.registered.add(id);
    }
    await this.pool.query(
      `select pg_terminate_backend(pid) from pg_stat_activity join pg_locks using (pid)
        where locktype = 'advisory' and classid = $1::oid and objsubid = 2 and datname = current_database()
          and state_change < now() - make_interval(secs => $2)`,
      [lockClass, this.timing.staleAfterMs / 1000],
    );
    // Not in the session: it could take its own locks again. The five seconds are for workers that have begun and
    // not shown themselves yet.
    const { rows } = await this.pool.query<{ locked_by: string }>(
      `with holder as materialized (
         select locked_by from graphile_worker.jobs where locked_by is not null
          group by locked_by having max(locked_at) < now() - interval '5 seconds'
       ), dead as materialized (
         select locked_by from holder where pg_try_advisory_xact_lock($1, hashtext(locked_by))
       )
       select locked_by, graphile_worker.force_unlock_workers(array[locked_by]) from dead`,
      [lockClass],
    );
    if (rows.length > 0)
      this.logger.warn({ workers: rows.map((row) => row.locked_by) }, 'freed the jobs of killed workers');
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
    this.registered.clear();
  }
}
