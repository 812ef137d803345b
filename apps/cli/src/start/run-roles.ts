import type { Config } from '@central-index/platform/config';
import type { Logger } from '@central-index/platform/logging';
import { join } from 'node:path';
import type { DatabaseAccess } from '../database-access';
import { secretKeyFile } from '../secret-key';
import { writePids } from './pid-file';
import { monitorDatabase } from './database-monitor';
import type { StopSignals } from './stop-signals';
import { Supervisor } from './supervisor';

/** What to run, and on what. */
export interface RunOptions {
  readonly config: Config;
  readonly database: DatabaseAccess;
  readonly servers: number;
  readonly workers: number;
  readonly logger: Logger;
  readonly signals: StopSignals;
  /** File that records the children; undefined where nothing may be written. */
  readonly pidFile?: string;
  /** Called once, when all are ready. */
  readonly ready?: () => Promise<void>;
}

/** The file in which a start records its children. */
export const pidFileOf = (config: Config): string => join(config.dataDir, 'start.children');

/** Runs server and worker processes until a signal comes, then stops them in order; the second signal forces. */
export async function runRoles(options: RunOptions): Promise<void> {
  const { config, database, logger, signals, pidFile } = options;
  let url = database.url;
  const supervisor = new Supervisor({
    servers: options.servers,
    workers: options.workers,
    logger,
    // A file, not the key itself: an environment is easily printed.
    environment: () => ({
      DATABASE_URL: url,
      ...(config.secretKey === undefined ? { SECRET_KEY_FILE: secretKeyFile(config) } : {}),
    }),
    changed: (pids) => pidFile !== undefined && writePids(pidFile, pids),
  });
  const endGuard =
    database.embedded &&
    monitorDatabase(database.embedded, logger, (now) => {
      url = now;
      supervisor.replaceAll();
    });

  let stopped = false;
  const asked = signals.first.then((name) => {
    stopped = true;
    logger.info(`${name}: stopping`);
  });
  signals.onSecond(() => {
    logger.warn('a second signal: what has not ended is killed');
    supervisor.kill();
  });
  try {
    await Promise.race([supervisor.start(), asked]);
    if (!stopped) await options.ready?.();
    await asked;
  } finally {
    await endGuard?.();
    await supervisor.stop();
    logger.info('stopped');
  }
}
