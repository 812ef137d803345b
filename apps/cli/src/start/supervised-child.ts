import type { Logger } from '@central-index/platform/logging';
import type { ChildProcess } from 'node:child_process';
import type { Role } from '../roles';
import { Backoff } from './backoff';

/** What a supervised child needs. */
export interface ChildOptions {
  readonly role: Role;
  /** Starts the process, with an IPC channel over which it says `{type: 'ready'}`. */
  readonly spawn: () => ChildProcess;
  readonly logger: Logger;
  /** Told after each start and each end, so that the processes can be recorded. */
  readonly changed: () => void;
}

// So many deaths before the first sign of life are no accident, and `start` gives up instead of trying for ever.
const maxStartFailures = 3;

/** One process that is started again whenever it dies, until it is told to stop. */
export class SupervisedChild {
  private readonly backoff = new Backoff();
  private process: ChildProcess | undefined;
  private timer: NodeJS.Timeout | undefined;
  private stopping = false;
  private wasReady = false;
  private failures = 0;
  private settle!: { resolve: () => void; reject: (error: Error) => void };

  /** Resolves at the first sign of life; rejects when there is none in three attempts. */
  readonly ready = new Promise<void>((resolve, reject) => {
    this.settle = { resolve, reject };
  });

  constructor(private readonly options: ChildOptions) {
    // Whoever does not wait for `ready` must not be ended by its rejection.
    this.ready.catch(() => undefined);
  }

  /** The running process's id. */
  get pid(): number | undefined {
    return this.process?.pid;
  }

  /** Starts the process. */
  start(): void {
    const begun = Date.now();
    const child = this.options.spawn();
    this.process = child;
    child.on('message', (message) => this.received(message));
    // Told of a process that could not be started or signalled; its end is told apart.
    child.on('error', (error) => this.options.logger.error({ err: error }, `${this.options.role} failed`));
    child.once('exit', (code, signal) => this.ended(Date.now() - begun, signal ?? `exit code ${code}`));
    this.options.changed();
  }

  /** From now on the process is not started again. */
  retire(): void {
    this.stopping = true;
    clearTimeout(this.timer);
  }

  /** Asks the process to finish what it has begun and to end; kills it after `milliseconds`. */
  async stop(milliseconds: number): Promise<void> {
    this.retire();
    const child = this.process;
    if (!child) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => {
        this.options.logger.warn(`${this.options.role} ${child.pid} did not end in time and is killed`);
        child.kill('SIGKILL');
      }, milliseconds);
      child.once('exit', () => {
        clearTimeout(timer);
        resolve();
      });
      child.kill('SIGTERM');
    });
  }

  /** Ends the process at once. */
  kill(): void {
    this.retire();
    this.process?.kill('SIGKILL');
  }

  /** Has the process replaced by one with a new environment. */
  replace(): void {
    this.process?.kill('SIGTERM');
  }

  private received(message: unknown): void {
    if ((message as { type?: unknown } | null)?.type !== 'ready') return;
    this.wasReady = true;
    this.options.logger.info(`${this.options.role} ${this.pid} is ready`);
    this.settle.resolve();
  }

  private ended(uptime: number, how: string): void {
    const { role, logger, changed } = this.options;
    const pid = this.pid;
    this.process = undefined;
    changed();
    if (this.stopping) return;
    this.failures += 1;
    if (!this.wasReady && this.failures >= maxStartFailures) {
      this.settle.reject(
        new Error(`the ${role} ends as soon as it is started (${how}): see its messages above`),
      );
      return;
    }
    const delay = this.backoff.nextDelay(uptime);
    logger.warn(`${role} ${pid} ended (${how})`);
    // Said only when it happens: Ctrl-C ends children too, a moment before the supervisor hears of it.
    this.timer = setTimeout(() => {
      logger.warn(`starting the ${role} again, after ${delay} ms`);
      this.start();
    }, delay);
  }
}
