import { defineError } from '@central-index/platform/errors';

/** The program expects tables that the database does not have yet. */
export const schemaBehind = defineError({
  code: 'SCHEMA_BEHIND',
  status: 500,
  description: "The database's schema is older than the program.",
  message: (pending: number) =>
    `the database lacks ${pending} migration${pending === 1 ? '' : 's'}: run \`central-index migrate\` or \`npm start\` first`,
});

/** Older code must not run on a schema that says so. */
export const schemaNewer = defineError({
  code: 'SCHEMA_NEWER',
  status: 500,
  description: 'The database was migrated by a newer version that this program is too old for.',
  message: () =>
    'the database is from a newer version of Central Index: run that version, or a newer one, on it',
});

/** With a database of the operator's own, so is the key. */
export const secretKeyMissing = defineError({
  code: 'SECRET_KEY_MISSING',
  status: 500,
  description: 'SECRET_KEY is not set and there is none that could be used.',
  message: (why: string) => `SECRET_KEY or SECRET_KEY_FILE must be set: ${why}`,
});

/** Nobody types, and nothing was piped in. */
export const passwordNeeded = defineError({
  code: 'PASSWORD_NEEDED',
  status: 400,
  description: 'A command that needs a password was given none.',
  message: () => 'no password given: run this at a terminal, or pipe the password in with --password-stdin',
});

/** Typed blindly, twice, and differently. */
export const passwordsDiffer = defineError({
  code: 'PASSWORDS_DIFFER',
  status: 400,
  description: 'The password was typed differently the second time.',
  message: () => 'the two passwords differ, nothing was changed',
});

/** A file that a command was given cannot be read, or is not what it should be. */
export const fileUnreadable = defineError({
  code: 'FILE_UNREADABLE',
  status: 500,
  description: 'A file given to a command cannot be read.',
  message: (file: string, why: string) => `${file} cannot be read: ${why}`,
});

/** A file that a command was to make cannot be made. */
export const fileNotWritten = defineError({
  code: 'FILE_NOT_WRITTEN',
  status: 500,
  description: 'A file that the command was to make exists already or cannot be written.',
  message: (path: string, why: string) => `${path} cannot be written: ${why}`,
});
