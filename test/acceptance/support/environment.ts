import { mkdtempSync, rmSync, chmodSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { atFileEnd } from '../../support/at-file-end';
import { killProcessesIn } from './processes';

/** The folder of the package under test, seen from the compiled files. */
export const packageFolder = resolve(__dirname, '../../../..');

/** With REQUIRE_REAL=1 a missing program is a failure instead of a skipped test. */
export const requireReal = process.env.REQUIRE_REAL === '1';

/**
 * What every program started here sees: nothing of the person running the tests but where programs
 * are. Credentials, caches and settings stay in `home`.
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

/** Folders in which Go puts the programs that `go install` makes. */
export function goProgramFolders(): string[] {
  const paths = (process.env.GOPATH ?? join(process.env.HOME ?? '/root', 'go')).split(':');
  return [process.env.GOBIN, ...paths.map((path) => join(path, 'bin'))].filter((path) => path !== undefined);
}

/** Folders of the search path of this process, and those of system programs. */
export function programFolders(): string[] {
  return environmentIn('/')
    .PATH!.split(':')
    .filter((path) => path !== '');
}

/**
 * A temporary folder whose name marks all that is started in it. When the test file is over or this process ends,
 * programs still running there are killed and the folder is removed.
 */
export function temporaryFolder(): string {
  // Short: podman takes no run folder of more than 50 characters.
  const folder = mkdtempSync(join(tmpdir(), 'ci-acc-'));
  // The embedded database runs under another account when the tests run as root: it must get in.
  chmodSync(folder, 0o755);
  atFileEnd(() => {
    killProcessesIn(folder);
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  });
  return folder;
}

/**
 * A port nobody listens on now, below the range that the kernel gives to outgoing connections, which
 * would otherwise take it between two starts of the same program.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 22_000 + Math.floor(Math.random() * 1_000);
    if (!given.has(port) && (await isFree(port))) {
      given.add(port);
      return port;
    }
  }
}

const given = new Set<number>();

function isFree(port: number): Promise<boolean> {
  return new Promise((answer) => {
    const server = createServer();
    server.once('error', () => answer(false));
    server.listen(port, '127.0.0.1', () => server.close(() => answer(true)));
  });
}
