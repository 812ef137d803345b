import { loadConfig } from '@central-index/platform/config';
import { holdsSealed, migrate, schemaState } from '@central-index/platform/database';
import { createLogger } from '@central-index/platform/logging';
import { migrations } from '../../../../migrations';
import { schemaNewer } from '../cli.errors';
import { openDatabase } from '../database-access';
import { readOrMakeSecretKey } from '../secret-key';
import { endLeftovers } from './pid-file';
import { holdDataDir } from './data-dir-lock';
import { readFirstSteps } from './setup-status';
import { greetingText } from './startup-banner';
import { requireFreeAddress } from './port-check';
import { childrenFileOf, runRoles } from './run-roles';
import { catchStopSignals } from './stop-signals';

/**
 * `start`: the whole product in one command. Whatever forbids it is found in this order and told in one sentence:
 * configuration, data folder, address, database, its schema, its secret key. Nothing is changed before that.
 */
export async function start(): Promise<void> {
  const config = loadConfig();
  const logger = createLogger({ ...config.log, role: 'start' });
  const hold = holdDataDir(config.dataDir);
  const signals = catchStopSignals();
  try {
    const ended = await endLeftovers(childrenFileOf(config));
    if (ended > 0)
      logger.warn(`took over from a start that was killed: ${ended} of its processes were still there`);
    await requireFreeAddress(config.server.host, config.server.port);
    const database = await openDatabase(config, { create: true, log: (message) => logger.info(message) });
    try {
      if (database.embedded?.adopted) logger.info('took over the embedded PostgreSQL, which was running');
      const { state } = await schemaState(database.url, migrations);
      if (state === 'newer') throw schemaNewer();
      const secretKey = await readOrMakeSecretKey(config, async () => !(await holdsSealed(database.url)));
      const ran = await migrate(database.url, migrations, secretKey);
      if (ran.length > 0) logger.info(`ran ${ran.length} migrations`);
      await runRoles({
        config,
        database,
        servers: config.server.processes,
        workers: 1,
        logger,
        signals,
        childrenFile: childrenFileOf(config),
        ready: async () => {
          const { publicUrl } = config.server;
          const steps = await readFirstSteps(config, database.url).catch((error: unknown) => {
            // The product serves: what cannot be told now must not end it.
            logger.warn({ err: error }, 'could not see what has been set up already');
            return { hasAdministrator: true, hasRegistry: true };
          });
          process.stdout.write(greetingText({ publicUrl, embedded: database.embedded, ...steps }));
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
