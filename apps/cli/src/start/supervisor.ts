import { childEnvironment } from '@central-index/platform/config';
import type { Logger } from '@central-index/platform/logging';
import { MetricsCollector } from '@central-index/platform/metrics';
import { fork, type ChildProcess } from 'node:child_process';
import cluster from 'node:cluster';
import { programOf } from '../roles';
import { SupervisedChild } from './supervised-child';

/** Which processes to run, and how. */
export interface SupervisorOptions {
  readonly servers: number;
  readonly workers: number;
  /** Megabytes of heap of each server. By default V8 lets garbage grow to gigabytes before it collects it. */
  readonly serverHeapMb: number;
  /** Variables of a child in addition to those of this process, read at each start. */
  readonly environment: () => Readonly<Record<string, string>>;
  /** Seconds for which a stopping server still answers before it finishes its requests. */
  readonly drainSeconds: number;
  readonly logger: Logger;
  /** Called with the pids of all children whenever they change. */
  readonly changed?: (pids: number[]) => void;
}

// Docker clients abort a request after 15 s. Jobs are short, and an interrupted job is run again.
const serverStopTimeoutMs = 20_000;
const workerStopTimeoutMs = 30_000;

/**
 * Runs the server and worker processes, and restarts those that exit. Servers are forked by Node's cluster module, which
 * listens in this process and assigns connections one at a time. When a server crashes, no connection is refused, and at
 * most the one that was just being assigned is lost.
 */
export class Supervisor {
  private readonly metrics = new MetricsCollector();
  private readonly servers: SupervisedChild[];
  private readonly workers: SupervisedChild[];

  constructor(private readonly options: SupervisorOptions) {
    const { logger, environment } = options;
    const changed = (): void => options.changed?.(this.pids());
    // Standard input is not inherited: the terminal would suspend a child that reads from it.
    const stdio: ('ignore' | 'inherit' | 'ipc')[] = ['ignore', 'inherit', 'inherit', 'ipc'];
    const execArgv = [...process.execArgv, `--max-old-space-size=${options.serverHeapMb}`];
    cluster.setupPrimary({ exec: programOf('server'), args: [], execArgv, stdio });
    const server = {
      role: 'server',
      logger,
      changed,
      spawn: () => this.measured(cluster.fork(environment()).process, true),
    } as const;
    const worker = {
      role: 'worker',
      logger,
      changed,
      spawn: () =>
        this.measured(fork(programOf('worker'), [], { stdio, env: childEnvironment(environment()) }), false),
    } as const;
    this.servers = Array.from({ length: options.servers }, () => new SupervisedChild(server));
    this.workers = Array.from({ length: options.workers }, () => new SupervisedChild(worker));
  }

  /** Starts all children. Resolves when each is ready; rejects if one cannot be started. */
  async start(): Promise<void> {
    for (const child of this.all()) child.start();
    await Promise.all(this.all().map((child) => child.ready));
  }

  /** Stops the servers, which finish their requests, then the workers, which finish their jobs. */
  async stop(): Promise<void> {
    // Ctrl-C reaches the children as well: a worker that exits before it is stopped here must not be restarted.
    for (const child of this.all()) child.retire();
    const serverTimeoutMs = this.options.drainSeconds * 1000 + serverStopTimeoutMs;
    await Promise.all(this.servers.map((child) => child.stop(serverTimeoutMs)));
    await Promise.all(this.workers.map((child) => child.stop(workerStopTimeoutMs)));
  }

  /** Kills all children; unfinished requests are lost, and unfinished jobs are run again later. */
  kill(): void {
    for (const child of this.all()) child.kill();
  }

  /** Replaces all children after their environment has changed. */
  replaceAll(): void {
    for (const child of this.all()) child.replace();
  }

  /** The metrics of all children, in Prometheus' text format. */
  metricsText(): Promise<string> {
    return this.metrics.text();
  }

  private measured(child: ChildProcess, isServer: boolean): ChildProcess {
    this.metrics.add(child, isServer);
    return child;
  }

  private all(): SupervisedChild[] {
    return [...this.servers, ...this.workers];
  }

  private pids(): number[] {
    return this.all().flatMap(({ pid }) => (pid === undefined ? [] : [pid]));
  }
}
