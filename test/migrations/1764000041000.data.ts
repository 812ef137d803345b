import type { MigrationData } from './migration-data';

/** Allows two more kinds of operations: no row changes. The images of v1 registries are those of an earlier migration. */
export const addSearchOperations: MigrationData = {
  async fill(client) {
    await client.query(
      `insert into v1_image (repository_id, image_id, checksum)
       select id, repeat('a', 64), 'tarsum+sha256:e3' from repository where path = 'alice/signed';
       insert into v1_deletion (repository_id, expires_at)
       select id, '2026-03-21Z' from repository where path = 'alice/signed'`,
    );
  },
  expected: (before) => before,
};
