import { mkdtempSync, rmSync, chmodSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve as resolvePath } from 'node:path';
import { atFileEnd } from '../../support/at-file-end';
import { killProcessesIn } from './processes';

/** The root folder of the package under test, relative to the compiled files. */
export const packageFolder = resolvePath(__dirname, '../../../..');

/** True with REQUIRE_REAL=1: then a missing program fails the tests instead of skipping them. */
export const requireReal = process.env.REQUIRE_REAL === '1';

/**
 * The environment of every program that the tests start: of the developer's, only the search path. Credentials, caches
 * and settings are stored in `home`.
 */
export function environmentIn(home: string, more: Record<string, string> = {}): Record<string, string> {
  return {
    PATH: `${process.env.PATH ?? ''}:/usr/local/sbin:/usr/sbin:/sbin`,
    HOME: home,
    XDG_RUNTIME_DIR: home,
    DOCKER_CONFIG: join(home, '.docker'),
    LANG: 'C.UTF-8',
    ...more,
  };
}

/** Folders to which `go install` writes programs. */
export function goProgramFolders(): string[] {
  const paths = (process.env.GOPATH ?? join(process.env.HOME ?? '/root', 'go')).split(':');
  return [process.env.GOBIN, ...paths.map((path) => join(path, 'bin'))].filter((path) => path !== undefined);
}

/** The folders of this process's search path, and those of system programs. */
export function programFolders(): string[] {
  return environmentIn('/')
    .PATH!.split(':')
    .filter((path) => path !== '');
}

/**
 * Creates a temporary folder, whose name identifies the programs started in it. When the test file or this process ends,
 * such programs are killed and the folder is deleted.
 */
export function temporaryFolder(): string {
  // Short, because podman accepts run folders of at most 50 characters.
  const folder = mkdtempSync(join(tmpdir(), 'ci-acc-'));
  // When root runs the tests, the embedded database runs as another user, which must be able to enter the folder.
  chmodSync(folder, 0o755);
  atFileEnd(() => {
    killProcessesIn(folder);
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  });
  return folder;
}

/**
 * A free port below the range from which the kernel assigns ports to outgoing connections: one of these could otherwise
 * occupy it between two starts of the same program.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 22_000 + Math.floor(Math.random() * 1_000);
    if (!reserved.has(port) && (await isFree(port))) {
      reserved.add(port);
      return port;
    }
  }
}

const reserved = new Set<number>();

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
