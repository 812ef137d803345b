import { ChangeListener, Database } from '@central-index/platform/database';
import { Jobs } from '@central-index/platform/jobs';
import { NotificationsService } from '@central-index/registries';
import { Injectable } from '@nestjs/common';
import { assessHealth, type Health, type HealthFacts } from './health';

// Load balancers and people probe several times per second; what they ask changes in tens of seconds.
const maxFactsAgeMs = 2_000;

interface TimedFacts {
  readonly facts: HealthFacts;
  readonly readAt: number;
}

/** Reads what the database shows of the product's work, and judges it. */
@Injectable()
export class HealthService {
  private last: TimedFacts | undefined;
  private reading: Promise<TimedFacts> | undefined;

  constructor(
    private readonly database: Database,
    private readonly changes: ChangeListener,
    private readonly jobs: Jobs,
    private readonly notifications: NotificationsService,
  ) {}

  /** The state of the product. Resolves within `timeoutMs`, with `unavailable` if the database does not answer. */
  async check(timeoutMs: number): Promise<Health> {
    return assessHealth(await this.facts(timeoutMs), new Date());
  }

  /** The facts, at most two seconds old; undefined if the database does not answer within `timeoutMs`. */
  async facts(timeoutMs: number): Promise<HealthFacts | undefined> {
    const { isLive } = this.changes;
    const isFresh = this.last !== undefined && performance.now() - this.last.readAt < maxFactsAgeMs;
    if (isLive && isFresh) return this.last?.facts;
    // Concurrent probes share one read: those of a frozen database do not pile up in front of its connections.
    this.reading ??= this.read().finally(() => (this.reading = undefined));
    const read = await resolvedWithin(this.reading, timeoutMs);
    // While the heartbeat arrives the database answers, and only a busy pool keeps the facts from being read.
    return read?.facts ?? (this.changes.isLive ? this.last?.facts : undefined);
  }

  private async read(): Promise<TimedFacts> {
    await this.database.ping();
    const [workerLastSeen, queue, backlogs] = await Promise.all([
      this.jobs.workerLastSeen(),
      this.jobs.queueState(),
      this.notifications.backlogs(),
    ]);
    const events = [...backlogs.values()].flatMap(({ oldest }) => (oldest === null ? [] : [oldest]));
    const oldestEvent = events.sort((a, b) => a.getTime() - b.getTime())[0];
    this.last = {
      facts: { workerLastSeen, failedJobs: queue.failed, oldestEvent },
      readAt: performance.now(),
    };
    return this.last;
  }
}

async function resolvedWithin<T>(result: Promise<T>, milliseconds: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), milliseconds);
  });
  try {
    return await Promise.race([result.catch(() => undefined), timeout]);
  } finally {
    clearTimeout(timer);
  }
}
