import { changed, type Contents } from './contents';
import type { MigrationData } from './migration-data';

// The kinds that an earlier migration has replaced by others, and a replaced secret.
const rows = `
  insert into manifest (repository_id, digest, media_type, size, platforms, kind, labels, created_at)
    select id, 'sha256:' || kind, 'a/manifest', 1, '[]', kind, '{}', '2026-04-01Z' from repository,
      unnest(array['plugin', 'attestation', 'artifact', 'schema1']) as kind
     where path = 'alice/signed'
  on conflict do nothing;
  insert into former_hook_secret (registry_id, secret_hash, expires_at) values (2, '\\x01', '2026-04-02Z');`;

/** Adds columns that the check of documents fills: existing documents have no text of an image and no push. */
export const addImageText: MigrationData = {
  async fill(client) {
    await client.query(rows);
  },

  expected: (before: Contents): Contents =>
    changed(before, {
      search_document: (documents) => documents.map((row) => ({ ...row, image_text: '', pushed_at: null })),
    }),
};
