import { openEmbedded } from '@central-index/platform/embedded-postgres';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onGlobalTeardown } from './global-teardown';

/** Gives all tests one PostgreSQL server: the one that TEST_DATABASE_URL names, or else an embedded one. */
export default async function globalSetup(): Promise<void> {
  if (process.env.TEST_DATABASE_URL) return;
  const dataDir = mkdtempSync(join(tmpdir(), 'central-index-test-'));
  // As root PostgreSQL runs as another account, which must be able to walk here.
  chmodSync(dataDir, 0o711);
  const embedded = await openEmbedded({ dataDir, create: true, log: () => undefined });
  process.env.TEST_DATABASE_URL = embedded.url;
  onGlobalTeardown(async () => {
    delete process.env.TEST_DATABASE_URL;
    await embedded.close();
    rmSync(dataDir, { recursive: true, force: true });
  });
}
