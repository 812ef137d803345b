import { defineError } from '@central-index/platform/errors';

/** A command that does not create the database found none. */
export const noDatabaseYet = defineError({
  code: 'NO_DATABASE',
  status: 500,
  description: 'A command was run before the first start created the embedded database.',
  message: (dataDir: string) =>
    `there is no database in ${dataDir} yet: run \`npm start\` first, or set DATABASE_URL to the one to use`,
});

/** Neither the packaged PostgreSQL nor another installation was found. */
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
  description: 'The embedded database was created by another major version of PostgreSQL.',
  message: (dataDir: string, data: string, program: string) =>
    `the database in ${dataDir} was created by PostgreSQL ${data} and cannot be read by PostgreSQL ${program}: ` +
    `set PG_BIN_DIR to the programs of version ${data}, or move the data into a server named by DATABASE_URL`,
});

/** The files of the embedded database cannot be used by this process. */
export const unusableData = defineError({
  code: 'DATA_DIR_UNUSABLE',
  status: 500,
  description: 'The data folder cannot be read or written by the OS user that runs the command.',
  message: (dataDir: string, why: string) => `the data in ${dataDir} cannot be used: ${why}`,
});

/** The server did not start. */
export const startFailed = defineError({
  code: 'DATABASE_START_FAILED',
  status: 500,
  description: 'The embedded PostgreSQL did not start.',
  message: (logFile: string, why: string) =>
    `the embedded PostgreSQL did not start${why ? ` (${why})` : ''}: see ${logFile}`,
});

/** Returns DATA_DIR_UNUSABLE for a file system's permission error, and any other error as it is. */
export function explainDenied(dataDir: string, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  const denied = code === 'EACCES' || code === 'EPERM' || code === 'EROFS';
  return denied
    ? unusableData(dataDir, 'permission denied; run the command as the OS user that owns the folder')
    : error;
}
