import type { MigrationData } from './migration-data';

/** A new table, and nothing else. */
export const addFormerHookSecrets: MigrationData = {
  // What no row fills yet of the migrations before.
  async fill(client) {
    await client.query(`
      insert into manifest (repository_id, digest, media_type, kind, created_at)
        select id, 'sha256:1' || n, 'a/manifest', kind, '2026-03-16Z'
          from repository, unnest(array['plugin', 'attestation', 'artifact', 'schema1']) with ordinality as kinds(kind, n)
         where path = 'alice/signed'`);
  },
  expected: ({ tables, sequences }) => ({ tables: { ...tables, former_hook_secret: [] }, sequences }),
};
