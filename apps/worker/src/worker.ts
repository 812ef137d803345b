import { NestFactory } from '@nestjs/core';
import type { Config } from '@central-index/platform/config';
import { Database, requireSecretKey } from '@central-index/platform/database';
import { runJobs } from '@central-index/platform/jobs';
import { NestLogger, type Logger } from '@central-index/platform/logging';
import { OperationsService } from '@central-index/registry-sync';
import { SearchMaintenance } from '@central-index/search';
import { schedule } from './schedule';
import { searchOperations } from './search-operations';
import { subscriptions } from './subscriptions';
import { WorkerMetrics } from './worker-metrics';
import { WorkerModule } from './worker.module';

/**
 * Starts running jobs. Throws WRONG_SECRET_KEY if the database was sealed with another key. The returned function stops the worker after the running
 * jobs have finished.
 */
export async function startWorker(
  config: Config,
  logger: Logger,
  metrics = new WorkerMetrics(),
): Promise<() => Promise<void>> {
  const { database, secretKey } = config;
  // Before anything runs: a job that unseals would fail in each of 25 attempts.
  if (database.url !== undefined && secretKey !== undefined) await requireSecretKey(database.url, secretKey);
  const context = await NestFactory.createApplicationContext(WorkerModule.forRoot(config, logger), {
    logger: new NestLogger(logger),
    abortOnError: false,
  });
  metrics.observePools(context.get(Database, { strict: false }));
  const maintenance = context.get(SearchMaintenance, { strict: false });
  context.get(OperationsService, { strict: false }).useSearch(searchOperations(maintenance));
  const jobs = await runJobs({
    url: config.database.url!,
    subscriptions: subscriptions(context),
    schedule: schedule(context),
    logger,
    completed: (...attempt) => metrics.jobCompleted(...attempt),
  });
  const stopMaintenance = maintenance.start();
  return async () => {
    await stopMaintenance();
    await jobs.stop();
    await context.close();
  };
}
