import { loadConfig } from '@central-index/platform/config';
import { hasEncryptedData, migrate, schemaState } from '@central-index/platform/database';
import { createLogger } from '@central-index/platform/logging';
import { migrations } from '../../../../migrations';
import { schemaNewer } from '../cli.errors';
import { openDatabase } from '../database-access';
import { readOrMakeSecretKey } from '../secret-key';
import { reapOrphans } from './pid-file';
import { lockDataDir } from './data-dir-lock';
import { readSetupStatus } from './setup-status';
import { startupBanner } from './startup-banner';
import { requireFreePort } from './port-check';
import { pidFileOf, runRoles } from './run-roles';
import { catchStopSignals } from './stop-signals';

/**
 * `start`: the whole product in one command. Whatever forbids it is found in this order and told in one sentence:
 * configuration, data folder, address, database, its schema, its secret key. Nothing is changed before that.
 */
export async function start(): Promise<void> {
  const config = loadConfig();
  const logger = createLogger({ ...config.log, role: 'start' });
  const hold = lockDataDir(config.dataDir);
  const signals = catchStopSignals();
  try {
    const ended = await reapOrphans(pidFileOf(config));
    if (ended > 0)
      logger.warn(`took over from a start that was killed: ${ended} of its processes were still there`);
    await requireFreePort(config.server.host, config.server.port);
    const database = await openDatabase(config, { create: true, log: (message) => logger.info(message) });
    try {
      if (database.embedded?.adopted) logger.info('took over the embedded PostgreSQL, which was running');
      const { state } = await schemaState(database.url, migrations);
      if (state === 'newer') throw schemaNewer();
      const secretKey = await readOrMakeSecretKey(
        config,
        async () => !(await hasEncryptedData(database.url)),
      );
      const ran = await migrate(database.url, migrations, secretKey);
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
          const steps = await readSetupStatus(config, database.url).catch((error: unknown) => {
            // The product serves: what cannot be told now must not end it.
            logger.warn({ err: error }, 'could not see what has been set up already');
            return { hasAdministrator: true, hasRegistry: true };
          });
          process.stdout.write(startupBanner({ publicUrl, embedded: database.embedded, ...steps }));
        },
      });
    } finally {
      await database.close();
    }
  } finally {
    signals.release();
    hold.release();
  }
}
