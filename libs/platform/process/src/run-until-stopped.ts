import type { Logger } from '@central-index/platform/logging';

/** How a process stops. */
export interface StopOptions {
  readonly logger: Logger;
  /** Finishes what has begun. Called once; the process exits when it settles. */
  readonly stop: () => Promise<void>;
}

/** Logs unhandled rejections, which would otherwise end the process. To be called before anything is started. */
export function logUnhandledRejections(logger: Logger): void {
  process.on('unhandledRejection', (reason) => logger.error({ err: reason }, 'unhandled rejection'));
}

/**
 * Lets the process run until SIGTERM, SIGINT or, under a supervisor, the end of the IPC channel: then the supervisor has
 * ended. Exits with 0 when `stop` has resolved, with 1 when it rejects. Later signals are ignored; SIGKILL forces the end.
 */
export function runUntilStopped({ logger, stop }: StopOptions): void {
  let stopping = false;
  const handle = (reason: string): void => {
    if (stopping) return;
    stopping = true;
    logger.info({ reason }, 'stopping');
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ err: error }, 'did not stop cleanly');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', () => handle('SIGTERM'));
  process.on('SIGINT', () => handle('SIGINT'));
  process.on('disconnect', () => handle('supervisor disconnected'));
}
