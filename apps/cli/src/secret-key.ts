import type { Config } from '@central-index/platform/config';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { secretKeyMissing } from './cli.errors';

/** Where `start` keeps the key that it made. */
export function secretKeyFile(config: Config): string {
  return join(config.dataDir, 'secret-key');
}

/** The key of the configuration, or the one that `start` made. */
export function readSecretKey(config: Config): string {
  const key = config.secretKey ?? readGenerated(config);
  if (key === undefined) {
    throw secretKeyMissing(
      config.database.url === undefined
        ? `there is none in ${config.dataDir}`
        : 'DATABASE_URL names a database of your own',
    );
  }
  return key;
}

/** Like `readSecretKey`, but makes a key (0600) when there is none; `mayMake` tells whether nothing is sealed yet. */
export async function readOrMakeSecretKey(config: Config, mayMake: () => Promise<boolean>): Promise<string> {
  const existing = config.secretKey ?? readGenerated(config);
  if (existing !== undefined) return existing;
  if (!(await mayMake())) throw secretKeyMissing('the database holds secrets that were sealed with it');
  mkdirSync(config.dataDir, { recursive: true });
  const key = randomBytes(32).toString('base64url');
  writeFileSync(secretKeyFile(config), `${key}\n`, { mode: 0o600, flag: 'wx' });
  return key;
}

function readGenerated(config: Config): string | undefined {
  try {
    return readFileSync(secretKeyFile(config), 'utf8').trim() || undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw secretKeyMissing(`${secretKeyFile(config)} cannot be read (${(error as Error).message})`);
  }
}
