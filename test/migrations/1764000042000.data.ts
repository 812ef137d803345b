import { changed, type Contents, type Row } from './contents';
import type { MigrationData } from './migration-data';

// A response to a form, and a version for two platforms.
const rows = `
  insert into form_response (key, response, created_at) values ('\\x01', '\\x02', '2026-05-01Z');
  insert into manifest (repository_id, digest, media_type, size, platforms, kind, created_at)
    select id, 'sha256:f1', 'a/index', 3,
           '[{"os": "linux", "architecture": "s390x"}, {"os": "linux", "architecture": "arm", "variant": "v7"}]', 'index',
           '2026-05-02Z'
      from repository where path = 'alice/signed';
  insert into tag (repository_id, name, digest, pushed_at)
    select id, 'multi', 'sha256:f1', '2026-05-03Z' from repository where path = 'alice/signed';`;

const platformsAfter: Readonly<Record<string, string>> = {
  'alice/signed': '["linux/arm", "linux/s390x"]',
};

// Of what the migration writes, the trigger for versions takes notice, and `down` takes nothing back.
const versioned = (row: Row): Row =>
  platformsAfter[row.path!] === undefined ? row : { ...row, version: String(Number(row.version) + 1) };

/** Adds columns: of repositories they are filled, of documents the check of documents fills them. */
export const addSearchPlatforms: MigrationData = {
  async fill(client) {
    await client.query(rows);
  },

  expected: (before: Contents): Contents =>
    changed(before, {
      repository: (repositories) =>
        repositories.map((row) => ({ ...versioned(row), platforms: platformsAfter[row.path!] ?? '[]' })),
      search_document: (documents) => documents.map((row) => ({ ...row, platforms: '[]' })),
    }),

  reverted: (before: Contents): Contents =>
    changed(before, { repository: (repositories) => repositories.map(versioned) }),
};
