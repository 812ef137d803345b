/** Where a shutdown is logged. */
export interface ShutdownLog {
  info(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/**
 * Calls `stop` once, at SIGTERM, at SIGINT or when the supervisor's IPC channel closes, and then ends the process: with
 * exit code 0, or with 1 if `stop` rejects.
 */
export function stopOnSignals(log: ShutdownLog, stop: () => Promise<void>): void {
  let stopping = false;
  const shutDown = (reason: string): void => {
    if (stopping) return;
    stopping = true;
    log.info({ reason }, 'stopping');
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'did not stop cleanly');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', () => shutDown('SIGTERM'));
  process.on('SIGINT', () => shutDown('SIGINT'));
  process.on('disconnect', () => shutDown('supervisor disconnected'));
}
