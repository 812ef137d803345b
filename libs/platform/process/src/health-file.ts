import type { Logger } from '@central-index/platform/logging';
import { writeFileSync } from 'node:fs';

/** How often the file is renewed. A health check allows several times as long. */
export const healthFileIntervalMs = 5_000;

/**
 * Renews a file while the event loop of this process turns, so that a health check of a container notices a process that
 * hangs. Returns a function that stops it. A file that cannot be written is logged once and stops nothing.
 */
export function renewHealthFile(path: string, logger: Logger, intervalMs = healthFileIntervalMs): () => void {
  let failed = false;
  const renew = (): void => {
    try {
      writeFileSync(path, '');
      failed = false;
    } catch (error) {
      if (!failed) logger.warn({ err: error }, 'cannot write WORKER_HEALTH_FILE');
      failed = true;
    }
  };
  renew();
  const timer = setInterval(renew, intervalMs);
  timer.unref();
  return () => clearInterval(timer);
}
