import { defineError } from '@central-index/platform/errors';

/** The schema is older than this program expects. */
export const schemaBehind = defineError({
  code: 'SCHEMA_BEHIND',
  status: 500,
  description: "The database's schema is older than the program.",
  message: (pending: number) =>
    `the database is behind by ${pending} migration${pending === 1 ? '' : 's'}: run \`central-index migrate\` or \`npm start\` first`,
});

/** The schema declares that code as old as this must not run on it. */
export const schemaNewer = defineError({
  code: 'SCHEMA_NEWER',
  status: 500,
  description: 'The database was migrated by a newer version, and this program is too old for it.',
  message: () => 'the database is from a newer version of Central Index: run that version or a later one',
});

/** No SECRET_KEY, and none may be generated. With an external database, the operator provides the key. */
export const secretKeyMissing = defineError({
  code: 'SECRET_KEY_MISSING',
  status: 500,
  description: 'SECRET_KEY is not set, and no generated key exists.',
  message: (reason: string) => `SECRET_KEY or SECRET_KEY_FILE must be set: ${reason}`,
});

/** Standard input is no terminal, and --password-stdin was not given. */
export const passwordRequired = defineError({
  code: 'PASSWORD_REQUIRED',
  status: 400,
  description: 'The command requires a password and got none.',
  message: () =>
    'no password given: run this command in a terminal, or pipe the password to it with --password-stdin',
});

/** The two prompts got different passwords. */
export const passwordsDiffer = defineError({
  code: 'PASSWORDS_DIFFER',
  status: 400,
  description: 'The repeated password differs from the first one.',
  message: () => 'the passwords differ; nothing was changed',
});

/** A file given to a command cannot be read or decompressed. */
export const fileUnreadable = defineError({
  code: 'FILE_UNREADABLE',
  status: 500,
  description: 'A file given to a command cannot be read.',
  message: (file: string, reason: string) => `${file} cannot be read: ${reason}`,
});

/** The output file of a command cannot be created. */
export const fileNotWritten = defineError({
  code: 'FILE_NOT_WRITTEN',
  status: 500,
  description: 'The output file exists already or cannot be written.',
  message: (path: string, reason: string) => `${path} cannot be written: ${reason}`,
});
