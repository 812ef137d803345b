import { loadConfig } from '@central-index/platform/config';
import { createLogger } from '@central-index/platform/logging';
import { openDatabase, requireCurrentSchema } from '../database-access';
import type { Role } from '../roles';
import { readSecretKey } from '../secret-key';
import { requireFreePort } from './port-check';
import { runRoles } from './run-roles';
import { catchStopSignals } from './stop-signals';

/** `server` and `worker`: one role on a database that is there and current, supervised as `start` does it. */
export async function runRole(role: Role): Promise<void> {
  const config = loadConfig();
  const logger = createLogger({ ...config.log, role: `${role}s` });
  if (role === 'server') await requireFreePort(config.server.host, config.server.port);
  const database = await openDatabase(config, { create: false, log: (message) => logger.info(message) });
  const signals = catchStopSignals();
  try {
    await requireCurrentSchema(database.url);
    // Asked for here, so that a missing key is one sentence and not the death of every child.
    readSecretKey(config);
    const [servers, workers] = role === 'server' ? [config.server.processes, 0] : [0, 1];
    await runRoles({ config, database, servers, workers, logger, signals });
  } finally {
    signals.release();
    await database.close();
  }
}
