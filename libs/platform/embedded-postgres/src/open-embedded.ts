import { mkdirSync, readdirSync, rmSync, writeFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runQuery } from '@central-index/platform/database';
import {
  isAlive,
  ownIdentity,
  signal,
  waitForEnd,
  waitForLock,
  type HeldLock,
} from '@central-index/platform/process';
import { Client, type DatabaseError } from 'pg';
import { findBinaries, prepareBinaries, versionOf } from './binaries';
import { checkMajorVersion, createData, databaseName, readPassword } from './data-directory';
import { explainDenied, noDatabaseYet, startFailed } from './embedded-postgres.errors';
import { resolveDataLayout, type DataLayout } from './data-layout';
import { createDatabase, selectDatabase } from './open-embedded.queries';
import { runningOn, startPostmaster, stopPostmaster, type Postmaster } from './postmaster';
import { startWatchdog, type Watchdog } from './watchdog';

const lockTimeoutMs = 30_000;
const stopTimeoutMs = 5_000;
const adoptTimeoutMs = 12_000;

/** Which embedded database to open, and how. */
export interface EmbeddedOptions {
  readonly dataDir: string;
  /** Folder of PostgreSQL's programs; the packaged ones when undefined. */
  readonly binDir?: string;
  /** Whether to create the database if it does not exist. */
  readonly create: boolean;
  /** Receives messages for the operator. */
  readonly log: (message: string) => void;
}

/** The embedded PostgreSQL, in use by this process until `close`. */
export interface EmbeddedDatabase {
  /** Connection string, with the password. */
  readonly url: string;
  /** Folder of the database: in DATA_DIR, or outside when PostgreSQL's OS user cannot reach that. */
  readonly dataDir: string;
  /** Version of PostgreSQL, such as `18.4`. */
  readonly version: string;
  /** True when the server was running already: left by a process that died, or used by another command. */
  readonly adopted: boolean;
  /** False once the server has died. */
  isRunning(): boolean;
  /** Starts the server again after it died, on the same port if that is free; returns the connection string. */
  restart(): Promise<string>;
  /** Releases the database; the last process that releases it stops the server. */
  close(): Promise<void>;
}

/**
 * Opens the embedded PostgreSQL of a data folder: joins the running server, adopts one whose clients died, or starts it.
 * Several processes may use it at the same time, each with a watchdog that stops the server if the process dies and was
 * the last. Throws NO_DATABASE when there is none and `create` is false, and the other errors of this library.
 */
export async function openEmbedded(options: EmbeddedOptions): Promise<EmbeddedDatabase> {
  const layout = resolveDataLayout(options.dataDir, options.create);
  const programs = prepareBinaries(findBinaries(options.binDir), layout.osUser, layout.copies);
  const version = versionOf(programs.binDir);
  if (layout.isExternal) {
    options.log(`${layout.osUser.name} cannot reach ${options.dataDir}: the database is in ${layout.folder}`);
  }
  if (programs.copied) {
    options.log(
      `PostgreSQL's programs cannot be used where they are installed: a copy in ${programs.binDir} is used`,
    );
  }

  const acquireLease = async (create: boolean, port?: number): Promise<Lease> => {
    // A folder that vanished, such as a volume that is not mounted, must not become an empty database.
    if (!create && !existsSync(layout.data)) throw noDatabaseYet(options.dataDir);
    const lock = await lockLayout(layout).catch((error: unknown) => {
      throw explainDenied(options.dataDir, error);
    });
    const clientFile = join(layout.clients, ownIdentity);
    try {
      const majorVersion = Number.parseInt(version, 10);
      if (create) createData(layout, programs.binDir, majorVersion);
      else if (!existsSync(layout.data)) throw noDatabaseYet(options.dataDir);
      checkMajorVersion(layout, options.dataDir, majorVersion);
      const password = readPassword(layout, options.dataDir);
      writeFileSync(clientFile, '');
      const running = await adoptRunning(layout, password);
      const adopted = running && { postmaster: running, watchdog: startWatchdog(layout, running) };
      const started = adopted ?? (await startNew(layout, programs.binDir, password, port));
      return {
        ...started,
        url: urlOf(started.postmaster, password, databaseName),
        adopted: adopted !== undefined,
      };
    } catch (error) {
      rmSync(clientFile, { force: true });
      throw error;
    } finally {
      lock.release();
    }
  };

  let current = await acquireLease(options.create);
  return {
    url: current.url,
    dataDir: layout.folder,
    version,
    adopted: current.adopted,
    isRunning: () => isAlive(current.postmaster.identity),
    restart: async () => {
      current.watchdog.dismiss();
      current = await acquireLease(false, current.postmaster.port);
      return current.url;
    },
    close: () => releaseLease(layout, current),
  };
}

// The use of the server by this process.
interface Lease {
  readonly postmaster: Postmaster;
  readonly watchdog: Watchdog;
  readonly url: string;
  readonly adopted: boolean;
}

async function lockLayout(layout: DataLayout): Promise<HeldLock> {
  mkdirSync(layout.clients, { recursive: true });
  return waitForLock(layout.lockFile, lockTimeoutMs);
}

// Starts a server, which is stopped again if it cannot be used: without a watchdog it would run on after this process.
async function startNew(
  layout: DataLayout,
  binDir: string,
  password: string,
  port: number | undefined,
): Promise<Pick<Lease, 'postmaster' | 'watchdog'>> {
  const postmaster = await startPostmaster(layout, binDir, port);
  try {
    await ensureDatabase(postmaster, password);
    return { postmaster, watchdog: startWatchdog(layout, postmaster) };
  } catch (error) {
    await stopPostmaster(postmaster);
    throw error;
  }
}

// On a full disk no lock can be written, and in a folder that vanished there are no clients: the server is stopped all
// the same, unless another client is known to use it.
async function releaseLease(layout: DataLayout, { postmaster, watchdog }: Lease): Promise<void> {
  const lock = await waitForLock(layout.lockFile, lockTimeoutMs).catch((error: unknown) => {
    if (isFileSystemError(error)) return undefined;
    throw error;
  });
  try {
    rmSync(join(layout.clients, ownIdentity), { force: true });
    if (!existsSync(layout.clients) || !hasOtherClients(layout)) await stopPostmaster(postmaster);
  } finally {
    lock?.release();
    watchdog.dismiss();
  }
}

// Errors of the catalogue have upper-case codes too; those of the file system also have an errno.
const isFileSystemError = (error: unknown): boolean =>
  (error as NodeJS.ErrnoException | undefined)?.errno !== undefined;

/** True when another living process uses the server. Removes the files of dead ones. */
function hasOtherClients(layout: DataLayout): boolean {
  const others = readdirSync(layout.clients).filter((identity) => identity !== ownIdentity);
  const dead = others.filter((identity) => !isAlive(identity));
  for (const identity of dead) rmSync(join(layout.clients, identity), { force: true });
  return dead.length < others.length;
}

/** Returns the server that runs on the data, once it accepts connections; waits for one that is stopping to end. */
async function adoptRunning(layout: DataLayout, password: string): Promise<Postmaster | undefined> {
  const deadline = Date.now() + adoptTimeoutMs;
  for (let running = runningOn(layout); running; running = runningOn(layout)) {
    if (running.status === 'stopping') {
      // A server that was asked to stop while it recovered may never end by itself; SIGQUIT loses nothing committed.
      if (!(await waitForEnd(running.identity, stopTimeoutMs))) signal(running.identity, 'SIGQUIT');
      await waitForEnd(running.identity, deadline - Date.now());
    } else if (running.status === 'ready') {
      const failure = await ensureDatabase(running, password).catch(
        (error: unknown) => error as DatabaseError,
      );
      if (!failure) return running;
      // 57P03: not accepting connections yet; 57P01 and 57P02: shutting down. Other errors are permanent.
      if (isAlive(running.identity) && !/^(57P0|ECONN)/.test(failure.code ?? '')) {
        throw startFailed(
          layout.logFile,
          `the server running on the data refuses connections: ${failure.message}`,
        );
      }
    }
    if (Date.now() >= deadline)
      throw startFailed(layout.logFile, `process ${running.pid} uses the data and does not respond`);
    await sleep(50);
  }
  return undefined;
}

async function ensureDatabase(postmaster: Postmaster, password: string): Promise<undefined> {
  const client = new Client({
    connectionString: urlOf(postmaster, password, 'postgres'),
    connectionTimeoutMillis: 5_000,
  });
  // A server that shuts down meanwhile also emits an error on the connection.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rowCount } = await runQuery(client, selectDatabase, [databaseName]);
    if (rowCount === 0) await runQuery(client, createDatabase);
  } finally {
    await client.end();
  }
  return undefined;
}

function urlOf({ port }: Postmaster, password: string, database: string): string {
  return `postgres://${databaseName}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`;
}
