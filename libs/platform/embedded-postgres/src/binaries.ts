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

/** Where PostgreSQL's programs are installed on this machine. */
export interface Binaries {
  readonly binDir: string;
  /** Folder to copy when the OS user cannot reach the programs; undefined for an installation of the system. */
  readonly copyable: string | undefined;
}

/**
 * Finds the programs: in `binDir` (PG_BIN_DIR) when it is set, else in the npm package, else in an installation of the
 * system (newest first), else in PATH. Throws NO_POSTGRESQL.
 */
export function findBinaries(binDir: string | undefined): Binaries {
  if (binDir !== undefined) {
    if (!hasServer(binDir)) throw noBinaries(`PG_BIN_DIR ${binDir} has no postgres and initdb`);
    return { binDir, copyable: undefined };
  }
  const packaged = packagedFolder();
  if (packaged !== undefined) return { binDir: join(packaged, 'bin'), copyable: packaged };
  const installed = [...systemFolders(), ...pathFolders()].find(hasServer);
  if (installed === undefined)
    throw noBinaries('no package for this platform, none in /usr/lib/postgresql or PATH');
  return { binDir: installed, copyable: undefined };
}

/**
 * Makes the programs usable by the OS user and returns their folder: where they are installed, or a copy under `copies`
 * when the user cannot reach that folder, or when it lacks links to libraries and is read-only. Throws NO_POSTGRESQL.
 */
export function prepareBinaries(
  binaries: Binaries,
  user: OsUser,
  copies: string,
): { binDir: string; copied: boolean } {
  const { binDir, copyable } = binaries;
  const isReachable = hasAccess(user, '-x', join(binDir, 'postgres'));
  if (isReachable && (copyable === undefined || completeLinks(copyable))) return { binDir, copied: false };
  if (copyable === undefined) throw noBinaries(`${user.name} may not run the programs in ${binDir}`);
  return { binDir: join(copyOnce(copyable, copies), 'bin'), copied: true };
}

/** The version of the programs in a folder, such as `18.4`. Throws NO_POSTGRESQL if they do not run. */
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
 * Creates the symbolic links that npm packages cannot contain, so that the package's install script need not run.
 * Returns true if all links exist afterwards.
 */
export function completeLinks(folder: string): boolean {
  return readLinks(folder).every(({ source, target }) => {
    const path = join(dirname(folder), target);
    if (!isWithin(folder, path) || exists(path)) return true;
    try {
      symlinkSync(relative(dirname(target), source), path);
    } catch {
      // The folder is read-only, or another process was faster: what counts is whether the link exists.
    }
    return exists(path);
  });
}

function readLinks(folder: string): LibraryLink[] {
  const list = join(folder, 'pg-symlinks.json');
  return existsSync(list) ? (JSON.parse(readFileSync(list, 'utf8')) as LibraryLink[]) : [];
}

const isWithin = (folder: string, path: string): boolean => path.startsWith(folder + sep);

function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function copyOnce(folder: string, copies: string): string {
  const manifest = JSON.parse(readFileSync(join(dirname(folder), 'package.json'), 'utf8')) as {
    version: string;
  };
  const target = join(copies, `postgresql-${manifest.version}`, basename(folder));
  if (!existsSync(target)) {
    // Copied to a temporary path and renamed, so that an interrupted copy is never mistaken for a complete one.
    const tempPath = `${dirname(target)}.${ownIdentity}`;
    cpSync(folder, join(tempPath, basename(folder)), { recursive: true, verbatimSymlinks: true });
    try {
      renameSync(tempPath, dirname(target));
    } catch (error) {
      rmSync(tempPath, { recursive: true, force: true });
      if (!existsSync(target)) throw error;
    }
  }
  if (!completeLinks(target)) throw noBinaries(`the library links in ${target} cannot be created`);
  return target;
}

function packagedFolder(): string | undefined {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  try {
    // The package exports its main module only, dist/index.js: the programs are in native/ beside dist/.
    const main = createRequire(__filename).resolve(`@embedded-postgres/${platform}-${process.arch}`);
    const folder = join(dirname(dirname(main)), 'native');
    return hasServer(join(folder, 'bin')) ? folder : undefined;
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

function hasServer(folder: string): boolean {
  return ['postgres', 'initdb'].every((program) => existsSync(join(folder, program)));
}
