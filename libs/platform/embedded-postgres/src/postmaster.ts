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

/** The content of `postmaster.pid`: the process that runs on the directory, its port and its status. */
export interface PidFile {
  readonly pid: number;
  readonly port: number;
  readonly status: string;
}

const megabyte = 2 ** 20;

// fsync and synchronous_commit stay on; the rest suits a small machine. The log contains neither statements nor details
// of errors, which would contain personal data.
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

// Pages outside the shared buffers are read with one system call each, which would be most of the cost of a search. The
// memory is used only as it fills; the rest is for the processes and the kernel's cache.
function sharedMegabytes(): number {
  const limit = process.constrainedMemory() ?? 0;
  const memory = limit > 0 ? Math.min(limit, totalmem()) : totalmem();
  return Math.round(Math.min(Math.max(memory / 8, 128 * megabyte), 1024 * megabyte) / megabyte);
}

/** Parses the text of `postmaster.pid`; undefined while it is incomplete. */
export function parsePidFile(text: string): PidFile | undefined {
  const lines = text.split('\n');
  const [pid, port] = [Number(lines[0]), Number(lines[3])];
  const status = lines[7]?.trim() ?? '';
  return pid > 0 && port > 0 ? { pid, port, status } : undefined;
}

/** The server that runs on the directory now, ready or not. */
export function runningOn(layout: DataLayout): (PidFile & Postmaster) | undefined {
  try {
    const file = parsePidFile(readFileSync(join(layout.data, 'postmaster.pid'), 'utf8'));
    const identity = file && isPostgres(file.pid) ? identify(file.pid) : undefined;
    return file && identity !== undefined ? { ...file, identity } : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Starts the server and waits until it accepts connections. Another port is used if `port` is not free. Throws
 * DATABASE_START_FAILED.
 */
export async function startPostmaster(
  layout: DataLayout,
  binDir: string,
  port: number | undefined,
): Promise<Postmaster> {
  const deadline = Date.now() + 12_000;
  for (;;) {
    removeStalePidFile(layout);
    const chosen = await freePort(port);
    const log = openLog(layout);
    const args = Object.entries({ ...settings, port: String(chosen) }).flatMap(([name, value]) => [
      '-c',
      `${name}=${value}`,
    ]);
    const child = spawn(join(binDir, 'postgres'), ['-D', layout.data, ...args], {
      ...identityOptions(layout.osUser),
      cwd: layout.data,
      env: programEnvironment,
      // In a session of its own: Ctrl-C on the terminal must not reach the database before its clients have ended.
      detached: true,
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    const ended = new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('exit', (code) => resolve(`exit code ${code}`));
    });
    child.unref();
    const failure = await Promise.race([ended, untilReady(layout, child.pid)]);
    const running = runningOn(layout);
    if (failure === undefined && running) return running;
    // Backends of a server that was killed may still be ending: until then, their shared memory prevents a new server.
    if (Date.now() >= deadline)
      throw startFailed(layout.logFile, lastLog(layout) || (failure ?? 'it ended immediately'));
    await sleep(250);
  }
}

/** Stops the server: its clients are disconnected, and everything committed is kept. */
export async function stopPostmaster({ identity }: Postmaster): Promise<void> {
  signal(identity, 'SIGINT');
  if (await waitForEnd(identity, 20_000)) return;
  signal(identity, 'SIGQUIT');
  await waitForEnd(identity, 5_000);
}

async function untilReady(layout: DataLayout, pid: number | undefined): Promise<undefined> {
  for (;;) {
    const running = runningOn(layout);
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

// PostgreSQL refuses to start when any process has the pid in the file, even one that is no PostgreSQL.
function removeStalePidFile(layout: DataLayout): void {
  if (!runningOn(layout)) rmSync(join(layout.data, 'postmaster.pid'), { force: true });
}

// Below the range that systems use for outgoing connections: while the server is down, a connection of one of its own
// clients could otherwise get its port, even a connection to itself.
const [lowestPort, highestPort] = [15_000, 32_000];
const maxPortAttempts = 50;

async function freePort(preferred: number | undefined): Promise<number> {
  const free = preferred === undefined ? undefined : await tryPort(preferred);
  if (free !== undefined) return free;
  for (let attempt = 0; attempt < maxPortAttempts; attempt += 1) {
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

function openLog(layout: DataLayout): number {
  if ((statSync(layout.logFile, { throwIfNoEntry: false })?.size ?? 0) > maxLogBytes) {
    renameSync(layout.logFile, `${layout.logFile}.1`);
  }
  const log = openSync(layout.logFile, 'a', 0o600);
  fchmodSync(log, 0o600);
  if (process.getuid?.() === 0) {
    // Root may run a command on the data of another OS user, which must still be able to write.
    const { uid, gid } = statSync(layout.folder);
    fchownSync(log, uid, gid);
  }
  return log;
}

function lastLog(layout: DataLayout): string {
  return lastLine(readFileSync(layout.logFile, 'utf8')).replace(/^\S+ \S+ \S+ \[\d+\] /, '');
}
