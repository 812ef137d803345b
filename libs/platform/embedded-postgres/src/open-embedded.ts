import { mkdirSync, readdirSync, rmSync, writeFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, type DatabaseError } from 'pg';
import { findBinaries, prepareBinaries, versionOf } from './binaries';
import { checkMajorVersion, createData, databaseName, readPassword } from './data-directory';
import { explainDenied, noDatabaseYet, startFailed } from './embedded-postgres.errors';
import { waitForLock, type HeldLock } from '@central-index/platform/process';
import { resolveDataLayout, type DataLayout } from './data-layout';
import { runningOn, startPostmaster, stopPostmaster, type Postmaster } from './postmaster';
import { isAlive, ownIdentity, signal, waitForEnd } from '@central-index/platform/process';
import { startWatchdog, type Watchdog } from './watchdog';

/** What `openEmbedded` needs to know. */
export interface EmbeddedOptions {
  readonly dataDir: string;
  /** Folder of PostgreSQL's programs; the packaged ones when undefined. */
  readonly binDir?: string;
  /** Make the database when there is none. */
  readonly create: boolean;
  /** Takes one sentence for the operator. */
  readonly log: (message: string) => void;
}

/** The embedded PostgreSQL, in use by this process until `close`. */
export interface EmbeddedDatabase {
  /** Connection string, with the password. */
  readonly url: string;
  /** Where the data lies: in DATA_DIR, or elsewhere when PostgreSQL's account cannot walk there. */
  readonly dataDir: string;
  /** Version of PostgreSQL, such as `18.4`. */
  readonly version: string;
  /** True when the server ran already, left by a process that died or used by another command. */
  readonly adopted: boolean;
  /** False once the server has died beneath us. */
  isRunning(): boolean;
  /** Starts the server again after it died, on the same port if that is free; answers the connection string. */
  restart(): Promise<string>;
  /** Ends the use; the last user stops the server. */
  close(): Promise<void>;
}

/**
 * Opens the embedded PostgreSQL of a data folder: joins the running server, adopts one whose processes died, or
 * starts it. Several processes may use it at once, each with a watchdog that stops the server if the process dies
 * and nobody else is left. Throws NO_DATABASE when there is none and `create` is false.
 */
export async function openEmbedded(options: EmbeddedOptions): Promise<EmbeddedDatabase> {
  const location = resolveDataLayout(options.dataDir, options.create);
  const programs = prepareBinaries(findBinaries(options.binDir), location.osUser, location.copies);
  const version = versionOf(programs.binDir);
  if (location.isExternal) {
    options.log(
      `${location.osUser.name} cannot walk to ${options.dataDir}: the database is in ${location.folder}`,
    );
  }
  if (programs.copied) {
    options.log(
      `PostgreSQL's programs cannot be used where they are installed: a copy in ${programs.binDir} is used`,
    );
  }

  const use = async (port?: number): Promise<Lease> => {
    const lock = await holdLocation(location).catch((error: unknown) => {
      throw explainDenied(options.dataDir, error);
    });
    const mark = join(location.clients, ownIdentity);
    try {
      const majorVersion = Number.parseInt(version, 10);
      if (options.create) createData(location, programs.binDir, majorVersion);
      else if (!existsSync(location.data)) throw noDatabaseYet(options.dataDir);
      checkMajorVersion(location, options.dataDir, majorVersion);
      const password = readPassword(location, options.dataDir);
      writeFileSync(mark, '');
      const joined = await adoptRunning(location, password);
      const postmaster = joined ?? (await startPostmaster(location, programs.binDir, port));
      if (!joined) await ensureDatabase(postmaster, password);
      return {
        postmaster,
        watchdog: startWatchdog(location, postmaster),
        url: urlOf(postmaster, password, databaseName),
        adopted: joined !== undefined,
      };
    } catch (error) {
      rmSync(mark, { force: true });
      throw error;
    } finally {
      lock.release();
    }
  };

  let current = await use();
  return {
    url: current.url,
    dataDir: location.folder,
    version,
    adopted: current.adopted,
    isRunning: () => isAlive(current.postmaster.identity),
    restart: async () => {
      current.watchdog.dismiss();
      current = await use(current.postmaster.port);
      return current.url;
    },
    close: () => releaseLease(location, current),
  };
}

interface Lease {
  readonly postmaster: Postmaster;
  readonly watchdog: Watchdog;
  readonly url: string;
  readonly adopted: boolean;
}

async function holdLocation(location: DataLayout): Promise<HeldLock> {
  mkdirSync(location.clients, { recursive: true });
  return waitForLock(location.lockFile, 30_000);
}

async function releaseLease(location: DataLayout, { postmaster, watchdog }: Lease): Promise<void> {
  const lock = await waitForLock(location.lockFile, 30_000);
  try {
    rmSync(join(location.clients, ownIdentity), { force: true });
    if (!otherClients(location)) await stopPostmaster(postmaster);
  } finally {
    lock.release();
    watchdog.dismiss();
  }
}

/** True when another living process uses the server; marks of dead ones are reconciled. */
function otherClients(location: DataLayout): boolean {
  const others = readdirSync(location.clients).filter((identity) => identity !== ownIdentity);
  const dead = others.filter((identity) => !isAlive(identity));
  for (const identity of dead) rmSync(join(location.clients, identity), { force: true });
  return dead.length < others.length;
}

const stoppingMs = 5_000;

/** The server that runs on the data already, once it takes connections; waits for one that is stopping to be gone. */
async function adoptRunning(location: DataLayout, password: string): Promise<Postmaster | undefined> {
  const deadline = Date.now() + 12_000;
  for (let running = runningOn(location); running; running = runningOn(location)) {
    if (running.status === 'stopping') {
      // One that was told to stop while it recovered may never end by itself; what was committed is safe all the same.
      if (!(await waitForEnd(running.identity, stoppingMs))) signal(running.identity, 'SIGQUIT');
      await waitForEnd(running.identity, deadline - Date.now());
    } else if (running.status === 'ready') {
      const failure = await ensureDatabase(running, password).catch(
        (error: unknown) => error as DatabaseError,
      );
      if (!failure) return running;
      // 57P03: not taking connections, 57P01 and 57P02: going down. Anything else will not get better.
      if (isAlive(running.identity) && !/^(57P0|ECONN)/.test(failure.code ?? '')) {
        throw startFailed(location.logFile, `the one running on the data refuses us: ${failure.message}`);
      }
    }
    if (Date.now() >= deadline)
      throw startFailed(location.logFile, `process ${running.pid} holds the data and does not answer`);
    await sleep(50);
  }
  return undefined;
}

async function ensureDatabase(postmaster: Postmaster, password: string): Promise<undefined> {
  const client = new Client({
    connectionString: urlOf(postmaster, password, 'postgres'),
    connectionTimeoutMillis: 5_000,
  });
  // A server that goes down while we ask says so on the connection, too.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [databaseName]);
    if (rowCount === 0) await client.query(`create database ${databaseName}`);
  } finally {
    await client.end();
  }
  return undefined;
}

function urlOf({ port }: Postmaster, password: string, database: string): string {
  return `postgres://${databaseName}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`;
}
