import { NestFactory } from '@nestjs/core';
import type { Config } from '@central-index/platform/config';
import { runJobs } from '@central-index/platform/jobs';
import { NestLogger, type Logger } from '@central-index/platform/logging';
import { SearchMaintenance } from '@central-index/search';
import { schedule } from './schedule';
import { subscriptions } from './subscriptions';
import { WorkerModule } from './worker.module';

/** Starts running jobs. The returned function stops the worker after the running jobs have finished. */
export async function startWorker(config: Config, logger: Logger): Promise<() => Promise<void>> {
  const context = await NestFactory.createApplicationContext(WorkerModule.forRoot(config, logger), {
    logger: new NestLogger(logger),
    abortOnError: false,
  });
  const jobs = await runJobs({
    url: config.database.url!,
    subscriptions: subscriptions(context),
    schedule: schedule(context),
    logger,
  });
  const stopMaintenance = context.get(SearchMaintenance, { strict: false }).start();
  return async () => {
    await stopMaintenance();
    await jobs.stop();
    await context.close();
  };
}
