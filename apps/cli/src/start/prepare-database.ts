import type { Config } from '@central-index/platform/config';
import { hasEncryptedData, migrate, schemaState } from '@central-index/platform/database';
import { migrations } from '../../../../migrations';
import { schemaNewer } from '../cli.errors';
import { readOrGenerateSecretKey } from '../secret-key';

/**
 * Migrates the database of `start`, and makes sure that the secret key is there and is the right one. Returns the names of
 * the migrations that ran. Nothing is changed in a database of a newer version, or by a program without its key. Throws
 * SCHEMA_NEWER, SECRET_KEY_MISSING, WRONG_SECRET_KEY and the errors of `schemaState`.
 */
export async function prepareDatabase(config: Config, url: string): Promise<string[]> {
  const { state } = await schemaState(url, migrations);
  if (state === 'newer') throw schemaNewer();
  const secretKey = await readOrGenerateSecretKey(config, async () => !(await hasEncryptedData(url)));
  return migrate(url, migrations, secretKey);
}
