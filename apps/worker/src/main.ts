import 'reflect-metadata';
import { loadConfig } from '@central-index/platform/config';
import { createLogger, fatalErrorText } from '@central-index/platform/logging';
import { answerCollections } from '@central-index/platform/metrics';
import { logUnhandledRejections, renewHealthFile, runUntilStopped } from '@central-index/platform/process';
import { startWorker } from './worker';
import { WorkerMetrics } from './worker-metrics';

/** One worker process. It sends `{type: 'ready'}` to its supervisor, if it has one, and stops when that disconnects. */
async function main(): Promise<void> {
  const config = loadConfig();
  const logger = createLogger({ ...config.log, role: 'worker' });
  logUnhandledRejections(logger);
  const metrics = new WorkerMetrics();
  metrics.observeProcess();
  runUntilStopped({ logger, stop: await startWorker(config, logger, metrics) });
  await answerCollections(config.metrics, () => metrics.collect());
  if (config.workerHealthFile !== undefined) renewHealthFile(config.workerHealthFile, logger);
  logger.info('running jobs');
  process.send?.({ type: 'ready' });
}

main().catch((error: unknown) => {
  process.stderr.write(`${fatalErrorText(error)}\n`);
  process.exit(1);
});
