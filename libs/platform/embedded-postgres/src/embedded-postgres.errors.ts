import { defineError } from '@central-index/platform/errors';

/** A command found no database, and is not the one that makes it. */
export const noDatabaseYet = defineError({
  code: 'NO_DATABASE',
  status: 500,
  description: 'A command was run before the first start made the embedded database.',
  message: (dataDir: string) =>
    `there is no database in ${dataDir} yet: run \`npm start\` first, or set DATABASE_URL to the one to use`,
});

/** Neither the packaged PostgreSQL nor another one was found. */
export const noBinaries = defineError({
  code: 'NO_POSTGRESQL',
  status: 500,
  description: 'No PostgreSQL server program was found for the embedded database.',
  message: (why: string) =>
    `no PostgreSQL found for the embedded database (${why}): install one and set PG_BIN_DIR, or set DATABASE_URL`,
});

/** PostgreSQL reads only data of its own major version. */
export const otherMajorVersion = defineError({
  code: 'OTHER_POSTGRESQL_VERSION',
  status: 500,
  description: 'The embedded database was made by another major version of PostgreSQL.',
  message: (dataDir: string, data: string, program: string) =>
    `the database in ${dataDir} was made by PostgreSQL ${data} and cannot be read by PostgreSQL ${program}: ` +
    `set PG_BIN_DIR to the programs of version ${data}, or move the data into a server named by DATABASE_URL`,
});

/** The files of the embedded database cannot be used by this process. */
export const unusableData = defineError({
  code: 'DATA_DIR_UNUSABLE',
  status: 500,
  description: 'The data folder cannot be read or written by the account that runs the command.',
  message: (dataDir: string, why: string) => `the data in ${dataDir} cannot be used: ${why}`,
});

/** PostgreSQL did not come up. */
export const startFailed = defineError({
  code: 'DATABASE_START_FAILED',
  status: 500,
  description: 'The embedded PostgreSQL did not start.',
  message: (logFile: string, why: string) =>
    `the embedded PostgreSQL did not start${why ? ` (${why})` : ''}: see ${logFile}`,
});

/** Turns a file system's refusal into a sentence; any other error is answered as it is. */
export function explainDenied(dataDir: string, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  const denied = code === 'EACCES' || code === 'EPERM' || code === 'EROFS';
  return denied
    ? unusableData(dataDir, 'this account may not; run the command as the one that the folder belongs to')
    : error;
}
