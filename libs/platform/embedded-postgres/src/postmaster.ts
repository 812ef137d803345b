import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import {
  closeSync,
  fchmodSync,
  fchownSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { identityOptions } from './os-user';
import { lastLine, programEnvironment } from './data-directory';
import { startFailed } from './embedded-postgres.errors';
import type { DataLayout } from './data-layout';
import { identify, signal, waitForEnd } from '@central-index/platform/process';

/** A PostgreSQL server that runs on a data directory. */
export interface Postmaster {
  readonly identity: string;
  readonly port: number;
}

/** What `postmaster.pid` says: who runs on the directory, where, and how far it has come. */
export interface PidFile {
  readonly pid: number;
  readonly port: number;
  readonly status: string;
}

const megabyte = 2 ** 20;

// Durability is not for sale (fsync and synchronous_commit stay on); the rest suits a small machine. The log holds
// neither statements nor details of errors, which would carry people's data.
const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  shared_buffers: `${sharedMegabytes()}MB`,
  max_connections: '200',
  synchronous_commit: 'on',
  jit: 'off',
  max_wal_size: '1GB',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_line_prefix: '%m [%p] ',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
};

const maxLogBytes = 10_000_000;

// What is not in there is read with a system call a page, which is most of what a search costs then. Taken only as it
// is filled; the rest of the memory is for the processes and the kernel's cache.
function sharedMegabytes(): number {
  const limit = process.constrainedMemory() ?? 0;
  const memory = limit > 0 ? Math.min(limit, totalmem()) : totalmem();
  return Math.round(Math.min(Math.max(memory / 8, 128 * megabyte), 1024 * megabyte) / megabyte);
}

/** Reads the text of `postmaster.pid`; undefined when it is not whole yet. */
export function parsePidFile(text: string): PidFile | undefined {
  const lines = text.split('\n');
  const [pid, port] = [Number(lines[0]), Number(lines[3])];
  const status = lines[7]?.trim() ?? '';
  return pid > 0 && port > 0 ? { pid, port, status } : undefined;
}

/** What runs on the directory now, if anything, ready or not. */
export function runningOn(location: DataLayout): (PidFile & Postmaster) | undefined {
  try {
    const file = parsePidFile(readFileSync(join(location.data, 'postmaster.pid'), 'utf8'));
    const identity = file && isPostgres(file.pid) ? identify(file.pid) : undefined;
    return file && identity !== undefined ? { ...file, identity } : undefined;
  } catch {
    return undefined;
  }
}

/** Starts the server and waits until it takes connections. `port` is only a wish: another is taken when it is not free. */
export async function startPostmaster(
  location: DataLayout,
  binDir: string,
  port: number | undefined,
): Promise<Postmaster> {
  const deadline = Date.now() + 12_000;
  for (;;) {
    removeStalePidFile(location);
    const chosen = await freePort(port);
    const log = openLog(location);
    const args = Object.entries({ ...settings, port: String(chosen) }).flatMap(([name, value]) => [
      '-c',
      `${name}=${value}`,
    ]);
    const child = spawn(join(binDir, 'postgres'), ['-D', location.data, ...args], {
      ...identityOptions(location.osUser),
      cwd: location.data,
      env: programEnvironment,
      // Its own session: Ctrl-C on the terminal must not reach the database before its users have ended.
      detached: true,
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    const ended = new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('exit', (code) => resolve(`exit code ${code}`));
    });
    child.unref();
    const failure = await Promise.race([ended, untilReady(location, child.pid)]);
    const running = runningOn(location);
    if (failure === undefined && running) return running;
    // Backends of a server that was killed may still be ending: their shared memory refuses a new one for a moment.
    if (Date.now() >= deadline)
      throw startFailed(location.logFile, lastLog(location) || (failure ?? 'it ended at once'));
    await sleep(250);
  }
}

/** Stops the server: its clients are disconnected, everything committed is kept. */
export async function stopPostmaster({ identity }: Postmaster): Promise<void> {
  signal(identity, 'SIGINT');
  if (await waitForEnd(identity, 20_000)) return;
  signal(identity, 'SIGQUIT');
  await waitForEnd(identity, 5_000);
}

async function untilReady(location: DataLayout, pid: number | undefined): Promise<undefined> {
  for (;;) {
    const running = runningOn(location);
    if (running?.pid === pid && running?.status === 'ready') return;
    await sleep(25);
    if (pid === undefined || identify(pid) === undefined) return;
  }
}

function isPostgres(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')[0]!.endsWith('postgres');
  } catch {
    return process.platform !== 'linux';
  }
}

// PostgreSQL takes any living process of that pid for its predecessor, and then refuses to start.
function removeStalePidFile(location: DataLayout): void {
  if (!runningOn(location)) rmSync(join(location.data, 'postmaster.pid'), { force: true });
}

// Below those from which systems take the ports of outgoing connections: while the server is down, one of its own
// clients could take its port, by chance even by a connection to itself.
const [lowestPort, highestPort] = [15_000, 32_000];
const portsToTry = 50;

async function freePort(wish: number | undefined): Promise<number> {
  const free = wish === undefined ? undefined : await tryPort(wish);
  if (free !== undefined) return free;
  for (let tries = 0; tries < portsToTry; tries += 1) {
    const port = await tryPort(randomInt(lowestPort, highestPort));
    if (port !== undefined) return port;
  }
  return (await tryPort(0)) ?? 0;
}

function tryPort(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' ? address?.port : undefined));
    });
  });
}

function openLog(location: DataLayout): number {
  if ((statSync(location.logFile, { throwIfNoEntry: false })?.size ?? 0) > maxLogBytes) {
    renameSync(location.logFile, `${location.logFile}.1`);
  }
  const log = openSync(location.logFile, 'a', 0o600);
  fchmodSync(log, 0o600);
  if (process.getuid?.() === 0) {
    // Root may run a command on another account's data, which must be able to go on writing.
    const { uid, gid } = statSync(location.folder);
    fchownSync(log, uid, gid);
  }
  return log;
}

function lastLog(location: DataLayout): string {
  return lastLine(readFileSync(location.logFile, 'utf8')).replace(/^\S+ \S+ \S+ \[\d+\] /, '');
}
