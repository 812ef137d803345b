import type { MigrationData } from './migration-data';

/** Replaces the body of a trigger function only: no row changes. The manifests are those of an earlier migration. */
export const notifyHiddenRepositories: MigrationData = {
  async fill(client) {
    await client.query(
      `insert into manifest (repository_id, digest, media_type, size, platforms, kind, created_at)
       select id, 'sha256:d' || n, 'a/manifest', n, '[]', kind, '2026-03-20Z' from repository,
         unnest(array['plugin', 'attestation', 'artifact', 'schema1']) with ordinality as kinds (kind, n)
        where path = 'alice/signed'`,
    );
  },
  expected: (before) => before,
};
