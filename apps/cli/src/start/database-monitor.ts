import type { EmbeddedDatabase } from '@central-index/platform/embedded-postgres';
import type { Logger } from '@central-index/platform/logging';
import { Backoff } from './backoff';

const checkIntervalMs = 500;
// While restarts fail, for example because the disk is full.
const logIntervalMs = 60_000;

/**
 * Checks the embedded PostgreSQL every 500 ms, and restarts it if it does not run: on the same port if that is still
 * free, otherwise `onUrlChange` is called with the new URL. An outage is logged immediately, and then once per minute while restarts
 * fail. Returns a function that stops the checks.
 */
export function monitorDatabase(
  database: EmbeddedDatabase,
  logger: Logger,
  onUrlChange: (url: string) => void,
): () => Promise<void> {
  const backoff = new Backoff();
  let url = database.url;
  // Undefined while restarts fail.
  let runningSince: number | undefined = Date.now();
  let failureLoggedAt = -Infinity;
  let stopped = false;
  let timer: NodeJS.Timeout;
  let check = Promise.resolve();

  const ensureRunning = async (): Promise<void> => {
    let delay = checkIntervalMs;
    if (!database.isRunning()) {
      if (runningSince !== undefined) logger.error('the embedded PostgreSQL is not running; restarting it');
      delay = backoff.nextDelay(runningSince === undefined ? 0 : Date.now() - runningSince);
      runningSince = undefined;
      try {
        const newUrl = await database.restart();
        runningSince = Date.now();
        failureLoggedAt = -Infinity;
        logger.info('the embedded PostgreSQL was restarted');
        if (newUrl !== url) onUrlChange(newUrl);
        url = newUrl;
      } catch (error) {
        if (Date.now() - failureLoggedAt >= logIntervalMs) {
          failureLoggedAt = Date.now();
          logger.error({ err: error }, 'the embedded PostgreSQL could not be restarted; trying again');
        }
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
