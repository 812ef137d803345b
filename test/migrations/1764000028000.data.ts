import type { MigrationData } from './migration-data';

/** Adds a trigger only: no row changes. The link is of the former migration. */
export const hideSearchDocuments: MigrationData = {
  async fill(client) {
    await client.query(
      `insert into password_reset (account_id, secret_hash, email, password_changed_at, created_by, created_at, expires_at)
        values (1, '\\x0d', 'a@example.org', '2026-03-15Z', ':cli', '2026-03-15Z', '2026-03-16Z')`,
    );
  },
  expected: (before) => before,
};
