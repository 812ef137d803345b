import 'reflect-metadata';
import { ConfigurationError, loadConfig } from '@central-index/platform/config';
import { Database } from '@central-index/platform/database';
import { DomainError } from '@central-index/platform/errors';
import { createLogger } from '@central-index/platform/logging';
import { collectDefaultMetrics } from 'prom-client';
import { createServer } from './http/create-server';
import { Readiness } from './probes/readiness';

// How long a balancer has to see /readyz say no before connections are refused.
const drainMs = 500;

/** One server process. Under a supervisor it says `ready`, and ends when the supervisor is gone. */
async function main(): Promise<void> {
  const config = loadConfig();
  const logger = createLogger({ ...config.log, role: 'server' });
  collectDefaultMetrics();
  process.on('unhandledRejection', (reason) => logger.error({ err: reason }, 'unhandled rejection'));
  const app = await createServer(config, logger);
  let stopping = false;
  const stop = (why: string): void => {
    if (stopping) return;
    stopping = true;
    app.get(Readiness).stopping = true;
    logger.info({ why }, 'stopping');
    setTimeout(() => {
      app.close().then(
        () => process.exit(0),
        (error: unknown) => {
          logger.error({ err: error }, 'did not stop cleanly');
          process.exit(1);
        },
      );
    }, drainMs);
  };
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGINT', () => stop('SIGINT'));
  process.on('disconnect', () => stop('supervisor is gone'));
  await app.get(Database, { strict: false }).warmUp();
  await app.listen(config.server.port, config.server.host);
  process.send?.({ type: 'ready' });
}

main().catch((error: unknown) => {
  process.stderr.write(`${isForTheOperator(error) ? error.message : String((error as Error).stack)}\n`);
  process.exit(1);
});

// A wrong configuration or SECRET_KEY: the message says what to do, a stack would only hide it.
function isForTheOperator(error: unknown): error is Error {
  return error instanceof ConfigurationError || error instanceof DomainError;
}
