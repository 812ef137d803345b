import 'reflect-metadata';
import { loadConfig, type Config } from '@central-index/platform/config';
import { hasEncryptedData, migrate, schemaState } from '@central-index/platform/database';
import { migrations } from '../../../../../migrations';
import { schemaNewer } from '../../cli.errors';
import { describeFailure } from '../../failure';
import { readOrGenerateSecretKey } from '../../secret-key';
import type { PreparationResult, Prepared } from './preparation';
import { readSetupStatus } from './setup-status';

/** Schema first, then key: nothing is changed in a database of a newer version, or by a program without its key. */
async function prepare(config: Config, url: string): Promise<Prepared> {
  const { state } = await schemaState(url, migrations);
  if (state === 'newer') throw schemaNewer();
  const secretKey = await readOrGenerateSecretKey(config, async () => !(await hasEncryptedData(url)));
  const ran = await migrate(url, migrations, secretKey);
  // Only for the banner, which must not keep the product from starting.
  const status = await readSetupStatus(config, url).catch((error: unknown) => {
    process.stderr.write(`could not read the setup status: ${describeFailure(error)}\n`);
    return { hasAdministrator: true, hasRegistry: true };
  });
  return { ran, status };
}

async function answer(url: string): Promise<PreparationResult> {
  try {
    return { prepared: await prepare(loadConfig(), url) };
  } catch (error) {
    return { failure: describeFailure(error) };
  }
}

// Ctrl-C reaches this process as well. A migration that runs is finished; the supervisor stops afterwards.
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => undefined);
process.once('message', ({ url }: { url: string }) => {
  void answer(url).then((result) => process.send?.(result, () => process.disconnect?.()));
});
// The supervisor has ended, and nothing would run on the database.
process.once('disconnect', () => process.exit());
