import { changed, type Contents, type Row } from './contents';
import type { MigrationData } from './migration-data';

// Names that had different skeletons, and one that was not reserved. A namespace without an owner looks like the newer one.
const rows = `
  insert into account (name, email, password_hash, password_changed_at, created_at) values
    ('5taff', 'staff@example.org', '$argon2id$third', '2026-03-01Z', '2026-03-01Z');
  insert into namespace (name, owner_id, origin, created_at) values
    ('5taff', (select id from account where name = '5taff'), 'sign-up', '2026-03-01Z'),
    ('user5', null, 'sign-up', '2026-03-01Z'),
    ('alwin', null, 'sign-up', '2026-03-02Z'), ('alvvin', null, 'administrator', '2026-03-03Z'),
    ('susan', null, 'import', '2026-03-04Z'), ('5usan', null, 'import', '2026-03-05Z'), ('su5an', null, 'sign-up', '2026-03-06Z');
  insert into operation (kind, request, state, requested_by, created_at) values
    ('adopt', '{"registry": "main"}', 'running', 'admin', '2026-03-07Z');
  update account set password_hash = null, email = null where name = 'mallory';`;

const skeletons: Record<string, string> = {
  '5taff': 'staff',
  user5: 'users',
  alwin: 'aivvin',
  alvvin: 'aivvin',
  susan: 'susan',
  '5usan': 'susan',
  su5an: 'susan',
};
const totals = [
  'access_token',
  'invite',
  'manifest_request',
  'operation',
  'password_failure',
  'push_grant',
  'rate_limit',
  'refresh_token',
  'registry_event',
  'session',
  'sign_in_address',
  'star',
  'unique_pull',
].map((table) => ({ last_run_at: '1970-01-01T00:00:00+00:00', row_count: '0', table_name: table }));
const lookalikes = ['alvvin', 'su5an'];

/** Fills namespaces whose names look alike since this migration. */
export const extendAccount: MigrationData = {
  async fill(client) {
    await client.query(rows);
  },

  expected(before: Contents): Contents {
    const after = changed(before, {
      namespace: (namespaces) =>
        namespaces.map((row) => ({
          ...allowReserved(row),
          skeleton: skeletons[row.name!] ?? row.skeleton!,
          lookalike_allowed: String(lookalikes.includes(row.name!)),
        })),
      account: (accounts) =>
        accounts.map((row) => ({
          ...allowReserved(row),
          deleted_at: row.password_hash === null ? row.disabled_at! : null,
        })),
      session: (sessions) => sessions.map((row) => ({ ...row, address: '', user_agent: '' })),
      reserved_name: (names) =>
        names.map((row) => ({ ...row, skeleton: row.skeleton!.replaceAll('w', 'vv') })),
    });
    return { ...after, tables: { ...after.tables, purge_total: totals } };
  },

  // Names stay allowed that older code does not refuse.
  reverted: (before) =>
    changed(before, {
      namespace: (namespaces) => namespaces.map(allowReserved),
      account: (accounts) => accounts.map(allowReserved),
    }),
};

function allowReserved(row: Row): Row {
  return row.name === '5taff' ? { ...row, reserved_name_allowed: 'true' } : row;
}
