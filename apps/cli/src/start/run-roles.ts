import type { Config } from '@central-index/platform/config';
import type { Logger } from '@central-index/platform/logging';
import { serveMetrics, type MetricsListener } from '@central-index/platform/metrics';
import { join } from 'node:path';
import type { DatabaseAccess } from '../database-access';
import { secretKeyFile } from '../secret-key';
import { writePids } from './pid-file';
import { monitorDatabase } from './database-monitor';
import type { StopSignals } from './stop-signals';
import { Supervisor } from './supervisor';

/** Which processes to run, and on which database. */
export interface RunOptions {
  readonly config: Config;
  readonly database: DatabaseAccess;
  readonly servers: number;
  readonly workers: number;
  readonly logger: Logger;
  readonly signals: StopSignals;
  /** The file that records the child processes; undefined to record none. */
  readonly pidFile?: string;
  /** Called once, when all processes are ready. */
  readonly ready?: () => Promise<void>;
}

/** The file in which `start` records its child processes. */
export const pidFileOf = (config: Config): string => join(config.dataDir, 'start.children');

// A full disk or a folder that vanished must not end the supervisor: the record only helps the start after a crash.
function recorder(pidFile: string | undefined, logger: Logger): (pids: readonly number[]) => void {
  return (pids) => {
    if (pidFile === undefined) return;
    try {
      writePids(pidFile, pids);
    } catch (error) {
      logger.warn({ err: error }, 'could not record the child processes');
    }
  };
}

/** Runs server and worker processes until a stop signal, then stops them in order. A second signal kills them. */
export async function runRoles(options: RunOptions): Promise<void> {
  const { config, database, logger, signals, pidFile } = options;
  let url = database.url;
  // The disk that the output is written to may be full.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  const supervisor = new Supervisor({
    servers: options.servers,
    workers: options.workers,
    serverHeapMb: config.server.heapMb,
    drainSeconds: config.drainSeconds,
    logger,
    // The path of the key file instead of the key, because environments are easily printed.
    environment: () => ({
      DATABASE_URL: url,
      ...(config.secretKey === undefined ? { SECRET_KEY_FILE: secretKeyFile(config) } : {}),
    }),
    changed: recorder(pidFile, logger),
  });
  const stopMonitor =
    database.embedded &&
    monitorDatabase(database.embedded, logger, (newUrl) => {
      url = newUrl;
      supervisor.replaceAll();
    });

  let stopped = false;
  const stopRequested = signals.first.then((name) => {
    stopped = true;
    logger.info(`${name}: stopping`);
  });
  signals.onSecond(() => {
    logger.warn('second signal: killing the remaining processes');
    supervisor.kill();
  });
  let metrics: MetricsListener | undefined;
  try {
    if (config.metrics.port !== undefined) {
      const { host, port } = config.metrics;
      metrics = await serveMetrics({ host, port, collect: () => supervisor.metricsText() });
    }
    await Promise.race([supervisor.start(), stopRequested]);
    if (!stopped) await options.ready?.();
    await stopRequested;
  } finally {
    await stopMonitor?.();
    await supervisor.stop();
    metrics?.close();
    logger.info('stopped');
  }
}
