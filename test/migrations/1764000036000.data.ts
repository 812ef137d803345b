import type { MigrationData } from './migration-data';

/** New tables, which the first push to a v1 registry fills. */
export const createV1Image: MigrationData = {
  fill: () => Promise.resolve(),
  expected: (before) => ({ ...before, tables: { ...before.tables, v1_deletion: [], v1_image: [] } }),
};
