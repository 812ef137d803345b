import { runQuery, withClient } from '@central-index/platform/database';
import { selectSetupStatus } from './setup-status.queries';

/** Which steps of the setup are done. */
export interface SetupStatus {
  readonly hasAdministrator: boolean;
  readonly hasRegistry: boolean;
}

/**
 * Reads which steps of the setup are done. The supervisor asks the tables, because the libraries that own them would take
 * longer to load than everything else that it does, and would stay in its memory.
 */
export async function readSetupStatus(url: string): Promise<SetupStatus> {
  const { rows } = await withClient(url, (client) => runQuery(client, selectSetupStatus));
  return { hasAdministrator: rows[0]!.has_administrator, hasRegistry: rows[0]!.has_registry };
}
