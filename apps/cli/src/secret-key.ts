import type { Config } from '@central-index/platform/config';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { secretKeyMissing } from './cli.errors';

/** The file of the key that `start` generates. */
export function secretKeyFile(config: Config): string {
  return join(config.dataDir, 'secret-key');
}

/** The key of the configuration, or the one that `start` generated. Throws SECRET_KEY_MISSING. */
export function readSecretKey(config: Config): string {
  const key = config.secretKey ?? readGenerated(config);
  if (key === undefined) {
    throw secretKeyMissing(
      config.database.url === undefined
        ? `there is no key in ${config.dataDir}`
        : 'DATABASE_URL is set, and no key was generated',
    );
  }
  return key;
}

/**
 * Like `readSecretKey`, but generates a key (mode 0600) if there is none and `mayGenerate` resolves to true: only while
 * the database has no data that another key encrypted.
 */
export async function readOrGenerateSecretKey(
  config: Config,
  mayGenerate: () => Promise<boolean>,
): Promise<string> {
  const existing = config.secretKey ?? readGenerated(config);
  if (existing !== undefined) return existing;
  if (!(await mayGenerate())) throw secretKeyMissing('the database has secrets that are encrypted with it');
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
