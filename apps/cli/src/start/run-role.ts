import { loadConfig } from '@central-index/platform/config';
import { requireSecretKey } from '@central-index/platform/database';
import { createLogger } from '@central-index/platform/logging';
import { openDatabase, requireCurrentSchema } from '../database-access';
import type { Role } from '../roles';
import { readSecretKey } from '../secret-key';
import { requireFreePort } from './port-check';
import { runRoles } from './run-roles';
import { catchStopSignals } from './stop-signals';

/** `server` and `worker`: runs one role, supervised as under `start`, on a database whose schema is current. */
export async function runRole(role: Role): Promise<void> {
  const config = loadConfig();
  const logger = createLogger({ ...config.log, role: `${role}s` });
  if (role === 'server') await requireFreePort(config.server.host, config.server.port);
  const database = await openDatabase(config, { create: false, log: (message) => logger.info(message) });
  const signals = catchStopSignals();
  try {
    await requireCurrentSchema(database.url);
    // Checked here as well, so that a missing or wrong key is one error message instead of an exit of every child.
    await requireSecretKey(database.url, readSecretKey(config));
    const [servers, workers] = role === 'server' ? [config.server.processes, 0] : [0, 1];
    await runRoles({ config, database, servers, workers, logger, signals });
  } finally {
    signals.release();
    await database.close();
  }
}
