import type { EmbeddedDatabase } from '@central-index/platform/embedded-postgres';
import type { Logger } from '@central-index/platform/logging';
import { Backoff } from './backoff';

const interval = 500;

/**
 * Watches the embedded PostgreSQL and starts it again when it has died, on the same port if that is still free;
 * `moved` is told when it was not. Answers a function that ends the watch.
 */
export function monitorDatabase(
  database: EmbeddedDatabase,
  logger: Logger,
  moved: (url: string) => void,
): () => Promise<void> {
  const backoff = new Backoff();
  let url = database.url;
  let runningSince = Date.now();
  let stopped = false;
  let timer: NodeJS.Timeout;
  let check = Promise.resolve();

  const look = async (): Promise<void> => {
    let pause = interval;
    if (!database.isRunning()) {
      logger.error('the embedded PostgreSQL has died and is started again');
      pause = backoff.nextDelay(Date.now() - runningSince);
      try {
        const now = await database.restart();
        runningSince = Date.now();
        logger.info('the embedded PostgreSQL is up again');
        if (now !== url) moved(now);
        url = now;
      } catch (error) {
        logger.error({ err: error }, 'the embedded PostgreSQL cannot be started');
      }
    }
    if (!stopped) timer = setTimeout(run, pause);
  };
  const run = (): void => {
    check = look();
  };
  timer = setTimeout(run, interval);
  return async () => {
    stopped = true;
    clearTimeout(timer);
    await check;
  };
}
