import { explainDenied } from '@central-index/platform/embedded-postgres';
import { tryLock, type HeldLock } from '@central-index/platform/process';
import { defineError } from '@central-index/platform/errors';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** Another start runs on the same data folder. */
export const dataDirLocked = defineError({
  code: 'DATA_DIR_LOCKED',
  status: 500,
  description: 'Another `start` runs on the same DATA_DIR.',
  message: (dataDir: string, pid: number) =>
    `${dataDir} is held by another \`central-index start\` (process ${pid}): stop that one, or set another DATA_DIR`,
});

/** Makes the data folder if need be and holds it for this start; a lock that a dead process left is taken over. */
export function lockDataDir(dataDir: string): HeldLock {
  try {
    // Others may walk through, as the account that PostgreSQL runs as must; every secret inside is 0600 besides.
    mkdirSync(dataDir, { recursive: true, mode: 0o711 });
    const attempt = tryLock(join(dataDir, 'start.lock'));
    if (!attempt.lock) throw dataDirLocked(dataDir, attempt.holder);
    return attempt.lock;
  } catch (error) {
    throw explainDenied(dataDir, error);
  }
}
