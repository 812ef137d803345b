import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative, sep } from 'node:path';
import { hasAccess, type OsUser } from './os-user';
import { noBinaries } from './embedded-postgres.errors';
import { ownIdentity } from '@central-index/platform/process';

/** PostgreSQL's programs as they lie on this machine. */
export interface Binaries {
  readonly binDir: string;
  /** Folder to copy when the account cannot walk to the programs; undefined for an installation of the system. */
  readonly copyable: string | undefined;
}

/**
 * Finds the programs: PG_BIN_DIR when it is set, else the packaged ones, else an installation of the system (newest
 * first), else PATH.
 */
export function findBinaries(given: string | undefined): Binaries {
  if (given !== undefined) {
    if (!holdsServer(given)) throw noBinaries(`PG_BIN_DIR ${given} holds no postgres and initdb`);
    return { binDir: given, copyable: undefined };
  }
  const packaged = packagedFolder();
  if (packaged !== undefined) return { binDir: join(packaged, 'bin'), copyable: packaged };
  const found = [...systemFolders(), ...pathFolders()].find(holdsServer);
  if (found === undefined)
    throw noBinaries('no package for this platform, none in /usr/lib/postgresql or PATH');
  return { binDir: found, copyable: undefined };
}

/**
 * Makes the programs usable by the account and returns their folder: as they are, or as a copy under `copies` when
 * the account cannot walk there or the folder lacks library links and is read-only.
 */
export function prepareBinaries(
  binaries: Binaries,
  account: OsUser,
  copies: string,
): { binDir: string; copied: boolean } {
  const { binDir, copyable } = binaries;
  const reachable = hasAccess(account, '-x', join(binDir, 'postgres'));
  if (reachable && (copyable === undefined || completeLinks(copyable))) return { binDir, copied: false };
  if (copyable === undefined) throw noBinaries(`${account.name} may not run the programs in ${binDir}`);
  return { binDir: join(copyOnce(copyable, copies), 'bin'), copied: true };
}

/** The version of the programs in a folder, such as `18.4`. */
export function versionOf(binDir: string): string {
  const { stdout } = spawnSync(join(binDir, 'postgres'), ['--version'], { encoding: 'utf8' });
  const version = /(\d+)(?:\.\d+)?/.exec(stdout ?? '')?.[0];
  if (version === undefined) throw noBinaries(`${join(binDir, 'postgres')} does not run`);
  return version;
}

interface LibraryLink {
  readonly source: string;
  readonly target: string;
}

/**
 * Makes the links that npm packages cannot carry, so that nothing depends on the package's install script. True when
 * all are there afterwards.
 */
export function completeLinks(folder: string): boolean {
  return readLinks(folder).every(({ source, target }) => {
    const at = join(dirname(folder), target);
    if (!within(folder, at) || isThere(at)) return true;
    try {
      symlinkSync(relative(dirname(target), source), at);
    } catch {
      // A read-only folder, or another process was faster: what counts is whether the link is there.
    }
    return isThere(at);
  });
}

function readLinks(folder: string): LibraryLink[] {
  const list = join(folder, 'pg-symlinks.json');
  return existsSync(list) ? (JSON.parse(readFileSync(list, 'utf8')) as LibraryLink[]) : [];
}

const within = (folder: string, path: string): boolean => path.startsWith(folder + sep);

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function copyOnce(folder: string, copies: string): string {
  const manifest = JSON.parse(readFileSync(join(dirname(folder), 'package.json'), 'utf8')) as {
    version: string;
  };
  const target = join(copies, `postgresql-${manifest.version}`, basename(folder));
  if (!existsSync(target)) {
    // Copied apart and renamed, so that a copy that was interrupted is never taken for a whole one.
    const apart = `${dirname(target)}.${ownIdentity}`;
    cpSync(folder, join(apart, basename(folder)), { recursive: true, verbatimSymlinks: true });
    try {
      renameSync(apart, dirname(target));
    } catch (error) {
      rmSync(apart, { recursive: true, force: true });
      if (!existsSync(target)) throw error;
    }
  }
  if (!completeLinks(target)) throw noBinaries(`the library links in ${target} cannot be made`);
  return target;
}

function packagedFolder(): string | undefined {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  try {
    // The package exports its main module only, dist/index.js: the programs lie in native/ beside dist/.
    const main = createRequire(__filename).resolve(`@embedded-postgres/${platform}-${process.arch}`);
    const folder = join(dirname(dirname(main)), 'native');
    return holdsServer(join(folder, 'bin')) ? folder : undefined;
  } catch {
    return undefined;
  }
}

function systemFolders(): string[] {
  const root = '/usr/lib/postgresql';
  if (!existsSync(root)) return [];
  const versions = readdirSync(root).filter((name) => /^\d+$/.test(name));
  return versions.sort((a, b) => Number(b) - Number(a)).map((version) => join(root, version, 'bin'));
}

function pathFolders(): string[] {
  const { stdout } = spawnSync('/bin/sh', ['-c', 'command -v postgres'], { encoding: 'utf8' });
  return stdout ? [dirname(stdout.trim())] : [];
}

function holdsServer(folder: string): boolean {
  return ['postgres', 'initdb'].every((program) => existsSync(join(folder, program)));
}
