import 'reflect-metadata';
import { loadConfig } from '@central-index/platform/config';
import { Database } from '@central-index/platform/database';
import { createLogger, fatalErrorText } from '@central-index/platform/logging';
import { logUnhandledRejections, runUntilStopped } from '@central-index/platform/process';
import { setTimeout as pause } from 'node:timers/promises';
import { collectDefaultMetrics } from 'prom-client';
import { createServer } from './http/create-server';
import { Readiness } from './probes/readiness';

// Load balancers have this long to notice that /readyz fails, before connections are refused.
const drainDelayMs = 500;

/** One server process. It sends `{type: 'ready'}` to its supervisor, if it has one, and stops when that disconnects. */
async function main(): Promise<void> {
  const config = loadConfig();
  const logger = createLogger({ ...config.log, role: 'server' });
  collectDefaultMetrics();
  logUnhandledRejections(logger);
  const app = await createServer(config, logger);
  runUntilStopped({
    logger,
    stop: async () => {
      app.get(Readiness).stopping = true;
      await pause(drainDelayMs);
      await app.close();
    },
  });
  await app.get(Database, { strict: false }).warmUp();
  await app.listen(config.server.port, config.server.host);
  process.send?.({ type: 'ready' });
}

main().catch((error: unknown) => {
  process.stderr.write(`${fatalErrorText(error)}\n`);
  process.exit(1);
});
