import { explainDenied } from '@central-index/platform/embedded-postgres';
import { tryLock, type HeldLock } from '@central-index/platform/process';
import { defineError } from '@central-index/platform/errors';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** Another `start` uses the same DATA_DIR. */
export const dataDirLocked = defineError({
  code: 'DATA_DIR_LOCKED',
  status: 500,
  description: 'Another `start` uses the same DATA_DIR.',
  message: (dataDir: string, pid: number) =>
    `${dataDir} is in use by another \`central-index start\` (process ${pid}): stop that process, or set another DATA_DIR`,
});

/** Creates the data folder if it is absent, and locks it. A lock of a dead process is replaced. Throws DATA_DIR_LOCKED. */
export function lockDataDir(dataDir: string): HeldLock {
  try {
    // Other users may traverse the folder, because PostgreSQL may run as one of them. Secrets in the folder have mode 0600.
    mkdirSync(dataDir, { recursive: true, mode: 0o711 });
    const attempt = tryLock(join(dataDir, 'start.lock'));
    if (!attempt.lock) throw dataDirLocked(dataDir, attempt.holder);
    return attempt.lock;
  } catch (error) {
    throw explainDenied(dataDir, error);
  }
}
