import 'reflect-metadata';
import { ConfigurationError, loadConfig } from '@central-index/platform/config';
import { createLogger } from '@central-index/platform/logging';
import { stopOnSignals } from '@central-index/platform/process';
import { startWorker } from './worker';

/** One worker process. It sends `{type: 'ready'}` to its supervisor, if it has one, and stops when that disconnects. */
async function main(): Promise<void> {
  const config = loadConfig();
  const logger = createLogger({ ...config.log, role: 'worker' });
  process.on('unhandledRejection', (reason) => logger.error({ err: reason }, 'unhandled rejection'));
  const stopWorker = await startWorker(config, logger);
  stopOnSignals(logger, stopWorker);
  logger.info('running jobs');
  process.send?.({ type: 'ready' });
}

main().catch((error: unknown) => {
  process.stderr.write(
    `${error instanceof ConfigurationError ? error.message : String((error as Error).stack)}\n`,
  );
  process.exit(1);
});
