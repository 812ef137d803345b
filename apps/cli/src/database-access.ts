import type { Config } from '@central-index/platform/config';
import { openEmbedded, type EmbeddedDatabase } from '@central-index/platform/embedded-postgres';
import { schemaState } from '@central-index/platform/database';
import { migrations } from '../../../migrations';
import { schemaBehind, schemaNewer } from './cli.errors';

/** The database of a command, open until `close`. */
export interface DatabaseAccess {
  readonly url: string;
  /** Undefined if DATABASE_URL is set. */
  readonly embedded: EmbeddedDatabase | undefined;
  close(): Promise<void>;
}

/** Opens the database of the configuration: DATABASE_URL, or the embedded one, which is created only with `create`. */
export async function openDatabase(
  config: Config,
  options: { create: boolean; log: (message: string) => void },
): Promise<DatabaseAccess> {
  if (config.database.url !== undefined) {
    return { url: config.database.url, embedded: undefined, close: async () => undefined };
  }
  const embedded = await openEmbedded({
    dataDir: config.dataDir,
    binDir: config.database.binDir,
    ...options,
  });
  return { url: embedded.url, embedded, close: () => embedded.close() };
}

/** Throws SCHEMA_NEWER or SCHEMA_BEHIND if this program cannot run on the schema. */
export async function requireCurrentSchema(url: string): Promise<void> {
  const { state, pending } = await schemaState(url, migrations);
  if (state === 'newer') throw schemaNewer();
  if (state === 'behind') throw schemaBehind(pending.length);
}
