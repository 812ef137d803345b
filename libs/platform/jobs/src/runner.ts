import type { Logger } from '@central-index/platform/logging';
import {
  Logger as WorkerLogger,
  parseCronItems,
  run,
  type Runner,
  type Task,
  type TaskList,
  type WorkerEvents,
} from 'graphile-worker';
import { EventEmitter } from 'node:events';
import { Pool } from 'pg';
import { GatheredFacts, type GatheredHandler } from './fact-batch-processor';
import { addJobs, on } from './jobs';
import { KeptRunning } from './runner-supervisor';
import { patient } from './retrying-pool';
import { SignsOfLife } from './worker-heartbeat';

/** Does one job. It may run twice, late or out of order, and must change nothing then. */
export type JobHandler = (ids: Record<string, string>) => Promise<void>;

/** Which handlers follow from which fact; a name without handlers of its own is a plain job. */
export type Subscriptions = Readonly<Record<string, Readonly<Record<string, JobHandler>>>>;

/** What follows from facts that are told together, by type. Each of these types is subscribed to as well. */
export type Gathered = Readonly<Record<string, GatheredHandler>>;

/** When (five cron fields, UTC) which work is due. With several workers, one does it. */
export type Schedule = Readonly<Record<string, { readonly at: string; readonly work: () => Promise<void> }>>;

/** A running worker; `stop` lets what has begun finish. */
export interface RunningJobs {
  stop(): Promise<void>;
}

/**
 * Runs the handlers of every fact. Each handler of a fact is a job of its own, so that they fail and are retried
 * apart, with exponential back-off and, after 25 attempts, a dead state that stays visible in the queue table.
 */
export async function runJobs(options: {
  url: string;
  subscriptions: Subscriptions;
  gathered?: Gathered;
  schedule?: Schedule;
  logger: Logger;
  concurrency?: number;
}): Promise<RunningJobs> {
  const pool = new Pool({ connectionString: options.url, max: (options.concurrency ?? 8) + 4 });
  // A pool without this listener ends the process when the server closes an idle connection.
  pool.on('error', (error) => options.logger.warn({ err: error }, 'job queue lost a connection'));
  const life = new SignsOfLife(pool, options.logger);
  const events: WorkerEvents = new EventEmitter();
  events.on('worker:create', ({ worker }) => life.show(worker.workerId));
  let stopping = false;
  const pgPool = patient(pool, () => stopping);
  const begin = (): Promise<Runner> =>
    run({
      pgPool,
      events,
      concurrency: options.concurrency ?? 8,
      pollInterval: 1000,
      noHandleSignals: true,
      parsedCronItems: parseCronItems(
        Object.entries(options.schedule ?? {}).map(([task, { at }]) => ({
          task,
          match: at,
          identifier: task,
        })),
      ),
      taskList: {
        ...tasks(options.subscriptions),
        ...Object.fromEntries(
          Object.entries(options.schedule ?? {}).map(([task, { work }]) => [task, () => work()]),
        ),
      },
      logger: new WorkerLogger(() => (level, message) => {
        const name: string = level;
        if (name === 'error') options.logger.error(message);
        else if (name === 'warning') options.logger.warn(message);
        else options.logger.trace(message);
      }),
    });
  const running = await KeptRunning.start(begin, options.logger);
  // A worker that could not say what became of its job, because the database went away, gives up, and the job would
  // stay its own for hours.
  events.on('worker:fatalError', ({ worker }) => {
    life.hide(worker.workerId);
    running.renew();
  });
  const gathered = new GatheredFacts(pool, options.gathered ?? {}, options.logger);
  return {
    stop: async () => {
      stopping = true;
      await gathered.stop();
      await running.stop();
      await life.stop();
      await pool.end();
    },
  };
}

function tasks(subscriptions: Subscriptions): TaskList {
  const list: Record<string, Task> = {};
  for (const [fact, handlers] of Object.entries(subscriptions)) {
    const names = Object.keys(handlers);
    const [only] = names;
    if (names.length === 1 && only !== undefined) {
      const handler = handlers[only]!;
      list[fact] = (payload) => handler(payload as Record<string, string>);
      continue;
    }
    for (const [name, handler] of Object.entries(handlers)) {
      list[`${fact}/${name}`] = (payload) => handler(payload as Record<string, string>);
    }
    list[fact] = async (payload, { withPgClient, job }) => {
      await withPgClient((client) =>
        addJobs(
          on(client),
          names.map((name) => ({
            name: `${fact}/${name}`,
            ids: payload as Record<string, string>,
            key: `${fact}/${name}:${job.key ?? job.id}`,
          })),
        ),
      );
    };
  }
  return list;
}
