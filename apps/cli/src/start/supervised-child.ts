import type { Logger } from '@central-index/platform/logging';
import type { ChildProcess } from 'node:child_process';
import type { Role } from '../roles';
import { Backoff } from './backoff';

/** How to run a supervised child process. */
export interface ChildOptions {
  readonly role: Role;
  /** Starts the process, with an IPC channel on which it sends `{type: 'ready'}`. */
  readonly spawn: () => ChildProcess;
  readonly logger: Logger;
  /** Called after each start and each exit, so that the pids can be recorded. */
  readonly changed: () => void;
}

// A process that exits this often before it was ever ready is misconfigured: `start` fails instead of retrying.
const maxStartFailures = 3;

/** A process that is restarted whenever it exits, until it is stopped. */
export class SupervisedChild {
  private readonly backoff = new Backoff();
  private process: ChildProcess | undefined;
  private timer: NodeJS.Timeout | undefined;
  private stopping = false;
  private wasReady = false;
  private failures = 0;
  private readiness!: { resolve: () => void; reject: (error: Error) => void };

  /** Resolves when the process is ready for the first time; rejects if three starts have failed. */
  readonly ready = new Promise<void>((resolve, reject) => {
    this.readiness = { resolve, reject };
  });

  constructor(private readonly options: ChildOptions) {
    // Without a handler, a rejection that no caller awaits would end this process.
    this.ready.catch(() => undefined);
  }

  /** The pid of the running process. */
  get pid(): number | undefined {
    return this.process?.pid;
  }

  /** Starts the process. */
  start(): void {
    const startedAt = Date.now();
    const child = this.options.spawn();
    this.process = child;
    child.on('message', (message) => this.onMessage(message));
    // The process could not be started or signalled. Its exit is a separate event.
    child.on('error', (error) => this.options.logger.error({ err: error }, `${this.options.role} failed`));
    child.once('exit', (code, signal) => this.onExit(Date.now() - startedAt, signal ?? `exit code ${code}`));
    this.options.changed();
  }

  /** From now on, the process is not restarted. */
  retire(): void {
    this.stopping = true;
    clearTimeout(this.timer);
  }

  /** Sends SIGTERM, at which the process finishes its work and exits, and SIGKILL after `timeoutMs`. */
  async stop(timeoutMs: number): Promise<void> {
    this.retire();
    const child = this.process;
    if (!child) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => {
        this.options.logger.warn(`${this.options.role} ${child.pid} did not stop in time; killing it`);
        child.kill('SIGKILL');
      }, timeoutMs);
      child.once('exit', () => {
        clearTimeout(timer);
        resolve();
      });
      child.kill('SIGTERM');
    });
  }

  /** Kills the process. */
  kill(): void {
    this.retire();
    this.process?.kill('SIGKILL');
  }

  /** Replaces the process by one with the current environment. */
  replace(): void {
    this.process?.kill('SIGTERM');
  }

  private onMessage(message: unknown): void {
    if ((message as { type?: unknown } | null)?.type !== 'ready') return;
    this.wasReady = true;
    this.options.logger.info(`${this.options.role} ${this.pid} is ready`);
    this.readiness.resolve();
  }

  private onExit(uptime: number, cause: string): void {
    const { role, logger, changed } = this.options;
    const pid = this.pid;
    this.process = undefined;
    changed();
    if (this.stopping) return;
    this.failures += 1;
    if (!this.wasReady && this.failures >= maxStartFailures) {
      this.readiness.reject(new Error(`the ${role} exits at start (${cause}): see its messages above`));
      return;
    }
    const delay = this.backoff.nextDelay(uptime);
    logger.warn(`${role} ${pid} exited (${cause})`);
    // Logged at the restart, not now: Ctrl-C ends the children as well, shortly before the supervisor receives it.
    this.timer = setTimeout(() => {
      logger.warn(`restarting the ${role} after ${delay} ms`);
      this.start();
    }, delay);
  }
}
