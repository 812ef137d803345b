import { defineError } from '@central-index/platform/errors';

/** The target of a copy has data, or tables that are not of this version. */
export const targetNotEmpty = defineError({
  code: 'TARGET_NOT_EMPTY',
  status: 409,
  description: 'The target of a copy is not an empty database.',
  message: (why: string) => `the target is not empty: ${why}; create a new database for the copy`,
});

/** The target of a copy cannot be reached, or refuses the connection. */
export const targetUnreachable = defineError({
  code: 'TARGET_UNREACHABLE',
  status: 503,
  description: 'The target of a copy cannot be reached.',
  message: (reason: string) => `the target database cannot be reached: ${reason}`,
});

/** Another copy writes to the target. */
export const targetInUse = defineError({
  code: 'TARGET_IN_USE',
  status: 409,
  description: 'The target of a copy is in use.',
  message: () => 'the target is in use: another copy, or an index, runs on it',
});

/** A table of the target differs from the source after it was copied. Nothing is committed. */
export const copyDiffers = defineError({
  code: 'COPY_DIFFERS',
  status: 500,
  description: 'A table has other rows after it was copied.',
  message: (table: string) => `the copy of ${table} differs from the source; nothing was copied`,
});
