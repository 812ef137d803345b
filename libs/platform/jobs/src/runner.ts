import type { Logger } from '@central-index/platform/logging';
import { StorableClient, unavailabilityLogOf, workerTimeouts } from '@central-index/platform/database';
import {
  parseCronItems,
  run,
  type Runner,
  type Task,
  type TaskList,
  type WorkerEvents,
} from 'graphile-worker';
import { EventEmitter } from 'node:events';
import { Pool } from 'pg';
import { FactBatchProcessor } from './fact-batch-processor';
import type { Payload } from './facts';
import { addJobs, viaClient } from './graphile-workarounds/add-jobs';
import { withRetry } from './graphile-workarounds/retrying-pool';
import { RunnerSupervisor } from './graphile-workarounds/runner-supervisor';
import { WorkerHeartbeat } from './graphile-workarounds/worker-heartbeat';
import { runGuarded } from './job-failure';
import type { Subscription } from './subscriptions';
import { createWorkerLogger } from './worker-logger';

/** Jobs by name, with their cron expressions (five fields, UTC). With several workers, one of them runs a job. */
export type Schedule = Readonly<Record<string, { readonly cron: string; readonly run: () => Promise<void> }>>;

/** A running worker. `stop` resolves when its running jobs have ended. */
export interface RunningJobs {
  stop(): Promise<void>;
}

/** What a worker runs, on which database, and how many jobs it runs at a time (8 by default). */
export interface RunOptions {
  readonly url: string;
  readonly subscriptions: readonly Subscription[];
  readonly schedule?: Schedule;
  readonly logger: Logger;
  readonly concurrency?: number;
  /** Called after each attempt of a job, with its duration. */
  readonly completed?: (task: string, seconds: number, hasSucceeded: boolean) => void;
}

/**
 * Runs the handlers of all subscriptions, and the schedule. Each handler of a fact is a job of its own, so that handlers
 * fail and are retried separately: with exponential backoff and, after 25 attempts, a dead state that stays visible in
 * the queue table.
 */
export async function runJobs(options: RunOptions): Promise<RunningJobs> {
  const { logger, subscriptions, concurrency = 8 } = options;
  const pool = new Pool({
    connectionString: options.url,
    max: concurrency + 4,
    Client: StorableClient,
    ...workerTimeouts,
  });
  // Without an error listener the process would end when the server closes an idle connection.
  pool.on('error', (error) => unavailabilityLogOf(logger).report(error, { source: 'job queue' }));
  const heartbeat = new WorkerHeartbeat(pool, logger);
  const events: WorkerEvents = new EventEmitter();
  events.on('worker:create', ({ worker }) => heartbeat.register(worker.workerId));
  const startedAt = new Map<string, number>();
  events.on('job:start', ({ job }) => void startedAt.set(job.id, performance.now()));
  events.on('job:complete', ({ job, error }) => {
    const seconds = (performance.now() - (startedAt.get(job.id) ?? performance.now())) / 1000;
    startedAt.delete(job.id);
    options.completed?.(job.task_identifier, seconds, error === null || error === undefined);
  });
  let stopping = false;
  const pgPool = withRetry(pool, () => stopping);
  const supervisor = await RunnerSupervisor.start(() => startRunner(options, pgPool, events), logger);
  // A worker that could not store the outcome of its job, because the database was unavailable, ends; its job would
  // stay locked for hours.
  events.on('worker:fatalError', ({ worker }) => {
    heartbeat.unregister(worker.workerId);
    supervisor.restart();
  });
  const batchHandlers = subscriptions.flatMap(({ type, handleBatch }) =>
    handleBatch === undefined ? [] : [[type, handleBatch] as const],
  );
  const batches = new FactBatchProcessor(pool, new Map(batchHandlers), logger);
  return {
    stop: async () => {
      stopping = true;
      await batches.stop();
      await supervisor.stop();
      await heartbeat.stop();
      await pool.end();
    },
  };
}

function startRunner(options: RunOptions, pgPool: Pool, events: WorkerEvents): Promise<Runner> {
  const { logger, concurrency = 8, schedule = {} } = options;
  return run({
    pgPool,
    events,
    concurrency,
    pollInterval: 1000,
    noHandleSignals: true,
    parsedCronItems: parseCronItems(
      Object.entries(schedule).map(([task, { cron }]) => ({ task, match: cron, identifier: task })),
    ),
    taskList: {
      ...tasks(options.subscriptions),
      ...Object.fromEntries(
        Object.entries(schedule).map(([task, { run: work }]) => [task, () => runGuarded(work)]),
      ),
    },
    logger: createWorkerLogger(logger),
  });
}

// A fact with one handler is a job of that handler; with several, a job that adds one job per handler.
function tasks(subscriptions: readonly Subscription[]): TaskList {
  const list: Record<string, Task> = {};
  for (const { type, handlers } of subscriptions) {
    const names = Object.keys(handlers);
    const [only] = names;
    if (names.length === 1 && only !== undefined) {
      list[type] = (payload) => runGuarded(() => handlers[only]!(payload as Payload));
      continue;
    }
    for (const name of names) {
      list[`${type}/${name}`] = (payload) => runGuarded(() => handlers[name]!(payload as Payload));
    }
    list[type] = async (payload, { withPgClient, job }) => {
      const specs = names.map((name) => ({
        name: `${type}/${name}`,
        payload: payload as Payload,
        key: `${type}/${name}:${job.key ?? job.id}`,
      }));
      await runGuarded(() => withPgClient((client) => addJobs(viaClient(client), specs)));
    };
  }
  return list;
}
