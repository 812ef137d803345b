import { loadConfig } from '@central-index/platform/config';
import { createLogger } from '@central-index/platform/logging';
import { openDatabase } from '../database-access';
import { reapOrphans } from './pid-file';
import { lockDataDir } from './data-dir-lock';
import { prepareDatabase } from './prepare-database';
import { readSetupStatus } from './setup-status';
import { startupBanner } from './startup-banner';
import { requireFreePort } from './port-check';
import { pidFileOf, runRoles } from './run-roles';
import { catchStopSignals } from './stop-signals';

/**
 * `start`: runs the whole product. Configuration, data folder, address, database, schema and secret key are checked in
 * this order, and each error is one sentence. Nothing is changed before the checks have passed.
 */
export async function start(): Promise<void> {
  const config = loadConfig();
  const logger = createLogger({ ...config.log, role: 'start' });
  const dataDirLock = lockDataDir(config.dataDir);
  const signals = catchStopSignals();
  try {
    const ended = await reapOrphans(pidFileOf(config));
    if (ended > 0) logger.warn(`ended ${ended} processes that a killed \`central-index start\` left running`);
    await requireFreePort(config.server.host, config.server.port);
    const database = await openDatabase(config, { create: true, log: (message) => logger.info(message) });
    try {
      if (database.embedded?.adopted) logger.info('using the embedded PostgreSQL that is already running');
      const ran = await prepareDatabase(config, database.url);
      if (ran.length > 0) logger.info(`ran ${ran.length} migrations`);
      await runRoles({
        config,
        database,
        servers: config.server.processes,
        workers: 1,
        logger,
        signals,
        pidFile: pidFileOf(config),
        ready: async () => {
          const { publicUrl } = config.server;
          const status = await readSetupStatus(database.url).catch((error: unknown) => {
            // Only for the banner, which must not keep the product from running.
            logger.warn({ err: error }, 'could not read the setup status');
            return { hasAdministrator: true, hasRegistry: true };
          });
          process.stdout.write(startupBanner({ publicUrl, embedded: database.embedded, ...status }));
        },
      });
    } finally {
      await database.close();
    }
  } finally {
    signals.release();
    dataDirLock.release();
  }
}
