import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { goProgramFolders, programFolders } from './environment';

/**
 * A real program: its path, or the reason why it cannot be used on this machine. One that only a variable such as ZOT_BIN
 * names is never required.
 */
export type Program =
  { path: string; why?: undefined } | { path?: undefined; why: string; named?: 'by a variable' };

/** The two generations of Distribution that the product supports. */
export type Generation = 'distribution2' | 'distribution3';

/** Registry software that the product supports, with the names that `registry add --kind` has for it. */
export type RegistryKind = Generation | 'zot';

/** Both generations, for suites that run once with each. */
export const generations: readonly Generation[] = ['distribution2', 'distribution3'];

/** All registry software, for suites that run once with each. */
export const registryKinds: readonly RegistryKind[] = [...generations, 'zot'];

/** Registry 2.8 is Debian's docker-registry, or any program `registry` of that version. */
function registry2(): Program {
  const version = /\bv?2\.8\./;
  return (
    firstOf(['docker-registry', 'registry'], version) ?? {
      why: 'registry 2.8 (docker-registry) is not installed',
    }
  );
}

/** Registry 3 comes from `go install`, which calls it registry. */
function registry3(): Program {
  return firstOf(['registry', 'registry3'], /\bv3\./) ?? { why: 'registry 3.x is not installed' };
}

/** zot is built from its source, with the extensions for events and metrics. */
function zot(): Program {
  const path = process.env.ZOT_BIN;
  if (path !== undefined && isExecutable(path)) return { path };
  return { why: 'ZOT_BIN does not name a zot program', named: 'by a variable' };
}

/** The program of a registry. */
export function registryProgram(kind: RegistryKind): Program {
  return { distribution2: registry2, distribution3: registry3, zot }[kind]();
}

/** A client that `go install` provides, such as cosign. */
export function goProgram(name: 'cosign' | 'oras' | 'regctl'): Program {
  return named(name);
}

/** The buildah command. */
export function buildahProgram(): Program {
  return named('buildah');
}

/** The docker daemon, which needs its client, root and the right to mount. */
export function dockerdProgram(): Program {
  if (process.platform !== 'linux') return { why: 'dockerd runs on Linux only' };
  if (process.getuid?.() !== 0 || !canMount()) return { why: 'dockerd needs root with CAP_SYS_ADMIN' };
  return dockerClient().path === undefined ? dockerClient() : named('dockerd');
}

/** The docker command. */
export function dockerClient(): Program {
  return named('docker');
}

/** The podman command. */
export function podmanProgram(): Program {
  return named('podman');
}

/** The skopeo command. */
export function skopeoProgram(): Program {
  return named('skopeo');
}

/** The containerd daemon, which needs root and the right to mount. */
export function containerdProgram(): Program {
  if (process.platform !== 'linux') return { why: 'containerd runs on Linux only' };
  if (process.getuid?.() !== 0 || !canMount()) return { why: 'containerd needs root with CAP_SYS_ADMIN' };
  return named('containerd');
}

/** The command of containerd. */
export function ctrProgram(): Program {
  return named('ctr');
}

/** crane comes from `go install`. */
export function craneProgram(): Program {
  return firstOf(['crane'], /./, 'version') ?? { why: 'crane is not installed' };
}

/** libfaketime, which changes the clock of a program by LD_PRELOAD. */
export function clockLibrary(): Program {
  const folders = process.platform === 'linux' ? readdirSync('/usr/lib') : [];
  const path = folders.map((folder) => `/usr/lib/${folder}/faketime/libfaketimeMT.so.1`).find(existsSync);
  return path === undefined ? { why: 'libfaketime is not installed' } : { path };
}

/** Debian's Chromium, which tests of pages control. */
export function chromiumProgram(): Program {
  return named('chromium');
}

/** docker-compose 1, or the stand-alone program of version 2. */
export function composeProgram(): Program {
  return named('docker-compose');
}

/** A program of an installation of PostgreSQL: the wrappers that Debian has in the search path are passed by. */
export function postgresProgram(name: string): Program {
  const root = '/usr/lib/postgresql';
  const versions = existsSync(root) ? [...readdirSync(root)].sort((a, b) => Number(b) - Number(a)) : [];
  const path = versions.map((version) => join(root, version, 'bin', name)).find(isExecutable);
  return path === undefined ? named(name) : { path };
}

/** The path of a program that `describeWithReal` requires. Throws the reason if it is missing. */
export function pathOf(program: Program): string {
  if (program.path === undefined) throw new Error(program.why);
  return program.path;
}

function named(name: string): Program {
  const path = candidates([name])[0];
  return path === undefined ? { why: `${name} is not installed` } : { path };
}

function firstOf(names: string[], version: RegExp, versionOption = '--version'): Program | undefined {
  const path = candidates(names).find((candidate) => version.test(versionOf(candidate, versionOption)));
  return path === undefined ? undefined : { path };
}

function candidates(names: string[]): string[] {
  const folders = [...goProgramFolders(), ...programFolders()];
  return folders.flatMap((folder) => names.map((name) => join(folder, name))).filter(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function versionOf(path: string, versionOption: string): string {
  try {
    return execFileSync(path, [versionOption], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 10_000,
    });
  } catch {
    return '';
  }
}

/** Bit 21 of the effective capabilities is CAP_SYS_ADMIN, which root lacks in a container without it. */
function canMount(): boolean {
  const effective = /^CapEff:\s*([0-9a-f]+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0';
  return ((BigInt(`0x${effective}`) >> 21n) & 1n) === 1n;
}
