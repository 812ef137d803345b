import 'reflect-metadata';
import { loadConfig } from '@central-index/platform/config';
import { Database, requireSecretKey } from '@central-index/platform/database';
import { createLogger, fatalErrorText } from '@central-index/platform/logging';
import { answerCollections } from '@central-index/platform/metrics';
import { logUnhandledRejections, runUntilStopped } from '@central-index/platform/process';
import { setTimeout as pause } from 'node:timers/promises';
import { collectDefaultMetrics } from 'prom-client';
import { createServer } from './http/create-server';
import { ServerMetrics } from './probes/server-metrics';
import { Readiness } from './probes/readiness';

/** One server process. It sends `{type: 'ready'}` to its supervisor, if it has one, and stops when that disconnects. */
async function main(): Promise<void> {
  const config = loadConfig();
  const logger = createLogger({ ...config.log, role: 'server' });
  collectDefaultMetrics({ labels: { role: 'server' } });
  logUnhandledRejections(logger);
  const app = await createServer(config, logger);
  runUntilStopped({
    logger,
    stop: async () => {
      app.get(Readiness).stopping = true;
      // Load balancers have this long to notice that /readyz fails, before connections are refused.
      await pause(config.drainSeconds * 1000);
      await app.close();
    },
  });
  const { database, secretKey } = config;
  // Before it says that it is ready: with another key it could sign nothing.
  if (database.url !== undefined && secretKey !== undefined) await requireSecretKey(database.url, secretKey);
  await app.get(Database, { strict: false }).warmUp();
  await app.listen(config.server.port, config.server.host);
  const metrics = app.get(ServerMetrics);
  await answerCollections(config.metrics, (shared) => metrics.collect(shared));
  process.send?.({ type: 'ready' });
}

main().catch((error: unknown) => {
  process.stderr.write(`${fatalErrorText(error)}\n`);
  process.exit(1);
});
