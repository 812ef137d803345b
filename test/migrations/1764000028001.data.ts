import type { MigrationData } from './migration-data';

/** Adds and drops indexes only: no row changes. */
export const indexStars: MigrationData = {
  fill: () => Promise.resolve(),
  expected: (before) => before,
};
