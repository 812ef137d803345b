import 'reflect-metadata';
import { ConfigurationError, loadConfig } from '@central-index/platform/config';
import { Database } from '@central-index/platform/database';
import { DomainError } from '@central-index/platform/errors';
import { createLogger } from '@central-index/platform/logging';
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
  process.on('unhandledRejection', (reason) => logger.error({ err: reason }, 'unhandled rejection'));
  const app = await createServer(config, logger);
  let stopping = false;
  const stop = (reason: string): void => {
    if (stopping) return;
    stopping = true;
    app.get(Readiness).stopping = true;
    logger.info({ reason }, 'stopping');
    setTimeout(() => {
      app.close().then(
        () => process.exit(0),
        (error: unknown) => {
          logger.error({ err: error }, 'did not stop cleanly');
          process.exit(1);
        },
      );
    }, drainDelayMs);
  };
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGINT', () => stop('SIGINT'));
  process.on('disconnect', () => stop('supervisor disconnected'));
  await app.get(Database, { strict: false }).warmUp();
  await app.listen(config.server.port, config.server.host);
  process.send?.({ type: 'ready' });
}

main().catch((error: unknown) => {
  process.stderr.write(`${isOperatorError(error) ? error.message : String((error as Error).stack)}\n`);
  process.exit(1);
});

// For an invalid configuration or SECRET_KEY the message says what to do, and a stack trace would hide it.
function isOperatorError(error: unknown): error is Error {
  return error instanceof ConfigurationError || error instanceof DomainError;
}
