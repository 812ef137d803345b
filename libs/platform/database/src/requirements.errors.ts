import { defineError } from '@central-index/platform/errors';

/** The database cannot store every text. */
export const unsuitableEncoding = defineError({
  code: 'UNSUITABLE_ENCODING',
  status: 500,
  description: 'The database has an encoding other than UTF8.',
  message: (database: string, encoding: string) =>
    `the database ${database} has the encoding ${encoding}: create one with \`createdb --encoding=UTF8 --template=template0\``,
});

/** The server is older than the SQL of this program. */
export const unsupportedVersion = defineError({
  code: 'UNSUPPORTED_DATABASE_VERSION',
  status: 500,
  description: 'PostgreSQL is older than version 15.',
  message: (version: string) => `PostgreSQL ${version} is too old: version 15 or newer is needed`,
});

/** Statements of one connection run in different sessions of the server. */
export const transactionPooler = defineError({
  code: 'TRANSACTION_POOLER',
  status: 500,
  description: 'DATABASE_URL leads to a pooler in transaction or statement mode.',
  message: () =>
    'DATABASE_URL leads to a pooler in transaction mode, which loses notifications, session locks and prepared ' +
    'statements: name PostgreSQL itself, or a pool in session mode',
});

/** The database user may not do what the program needs. */
export const missingRights = defineError({
  code: 'MISSING_DATABASE_RIGHTS',
  status: 500,
  description: 'The database user lacks rights that the program needs.',
  message: (user: string, rights: readonly string[]) =>
    `the database user ${user} lacks rights: grant ${rights.join(', and ')}`,
});
