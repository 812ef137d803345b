import type { EmbeddedDatabase } from '@central-index/platform/embedded-postgres';
import type { Logger } from '@central-index/platform/logging';
import { Backoff } from './backoff';

const checkIntervalMs = 500;

/**
 * Checks the embedded PostgreSQL every 500 ms, and restarts it if it does not run: on the same port if that is still
 * free, otherwise `onUrlChange` is called with the new URL. Returns a function that stops the checks.
 */
export function monitorDatabase(
  database: EmbeddedDatabase,
  logger: Logger,
  onUrlChange: (url: string) => void,
): () => Promise<void> {
  const backoff = new Backoff();
  let url = database.url;
  let runningSince = Date.now();
  let stopped = false;
  let timer: NodeJS.Timeout;
  let check = Promise.resolve();

  const ensureRunning = async (): Promise<void> => {
    let delay = checkIntervalMs;
    if (!database.isRunning()) {
      logger.error('the embedded PostgreSQL is not running; restarting it');
      delay = backoff.nextDelay(Date.now() - runningSince);
      try {
        const newUrl = await database.restart();
        runningSince = Date.now();
        logger.info('the embedded PostgreSQL was restarted');
        if (newUrl !== url) onUrlChange(newUrl);
        url = newUrl;
      } catch (error) {
        logger.error({ err: error }, 'the embedded PostgreSQL could not be restarted');
      }
    }
    if (!stopped) timer = setTimeout(run, delay);
  };
  const run = (): void => {
    check = ensureRunning();
  };
  timer = setTimeout(run, checkIntervalMs);
  return async () => {
    stopped = true;
    clearTimeout(timer);
    await check;
  };
}
