import { childEnvironment } from '@central-index/platform/config';
import type { Logger } from '@central-index/platform/logging';
import { fork } from 'node:child_process';
import cluster from 'node:cluster';
import { programOf } from '../roles';
import { SupervisedChild } from './supervised-child';

/** What the supervisor runs. */
export interface SupervisorOptions {
  readonly servers: number;
  readonly workers: number;
  /** Environment of a child, asked for at each start, beside our own. */
  readonly environment: () => Readonly<Record<string, string>>;
  readonly logger: Logger;
  /** Told the ids of all children whenever they change. */
  readonly changed?: (pids: number[]) => void;
}

// A docker client gives up a request after 15 s; jobs are short, and one that is cut off runs again.
const serverStopTimeoutMs = 20_000;
const workerStopTimeoutMs = 30_000;

/**
 * Runs the server and worker processes and starts again what dies. Servers are forked by node's cluster, which holds
 * the listening socket here and deals connections out one at a time: the death of a server refuses nobody, and costs
 * at most the connection that was just being handed to it.
 */
export class Supervisor {
  private readonly servers: SupervisedChild[];
  private readonly workers: SupervisedChild[];

  constructor(private readonly options: SupervisorOptions) {
    const { logger, environment } = options;
    const changed = (): void => options.changed?.(this.pids());
    // Standard input stays here: a child that reads from the terminal would be stopped by it.
    const stdio: ('ignore' | 'inherit' | 'ipc')[] = ['ignore', 'inherit', 'inherit', 'ipc'];
    cluster.setupPrimary({ exec: programOf('server'), args: [], stdio });
    const server = {
      role: 'server',
      logger,
      changed,
      spawn: () => cluster.fork(environment()).process,
    } as const;
    const worker = {
      role: 'worker',
      logger,
      changed,
      spawn: () => fork(programOf('worker'), [], { stdio, env: childEnvironment(environment()) }),
    } as const;
    this.servers = Array.from({ length: options.servers }, () => new SupervisedChild(server));
    this.workers = Array.from({ length: options.workers }, () => new SupervisedChild(worker));
  }

  /** Starts all; resolves when each has said that it is ready, rejects when one cannot be started. */
  async start(): Promise<void> {
    for (const child of this.all()) child.start();
    await Promise.all(this.all().map((child) => child.ready));
  }

  /** Lets the servers drain, then the workers finish. */
  async stop(): Promise<void> {
    // Ctrl-C reaches the children, too: a worker that ends before its turn must not be started again.
    for (const child of this.all()) child.retire();
    await Promise.all(this.servers.map((child) => child.stop(serverStopTimeoutMs)));
    await Promise.all(this.workers.map((child) => child.stop(workerStopTimeoutMs)));
  }

  /** Ends all at once; what was begun is lost. */
  kill(): void {
    for (const child of this.all()) child.kill();
  }

  /** Replaces all children, after what they were told by environment has changed. */
  replaceAll(): void {
    for (const child of this.all()) child.replace();
  }

  private all(): SupervisedChild[] {
    return [...this.servers, ...this.workers];
  }

  private pids(): number[] {
    return this.all().flatMap(({ pid }) => (pid === undefined ? [] : [pid]));
  }
}
