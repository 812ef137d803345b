import type { MigrationInterface, QueryRunner } from 'typeorm';

// Topic, table, key of a row, and the columns whose change matters to somebody who remembers what he read. Counters
// and times of last use do not.
const watched = [
  [
    'account',
    'account',
    'id',
    ['name', 'email', 'email_verified_at', 'password_hash', 'is_administrator', 'disabled_at'],
  ],
  ['account', 'access_token', 'account_id', ['permissions', 'repositories', 'expires_at', 'revoked_at']],
  ['registry', 'registry', 'id', ['*']],
  ['namespace', 'namespace', 'name', ['name', 'owner_id']],
  [
    'repository',
    'repository',
    'path',
    ['path', 'state', 'visibility', 'automated', 'imported', 'registry_id', 'registry_path'],
  ],
  ['signing-key', 'signing_key', 'purpose', ['*']],
] as const;

const statements = ['insert', 'update', 'delete'] as const;

/** Tells every listening process, in the transaction that changes it, what it must no longer remember. */
export class CreateChangeNotices1764000007000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create function tell_changes(topic text, keys text[]) returns void language plpgsql as $$
      begin
        -- One notice that stands for all, instead of a flood, when an import writes thousands of rows.
        if cardinality(keys) > 100 then
          perform pg_notify('central_index_change', topic || ':');
        else
          perform pg_notify('central_index_change', topic || ':' || key) from unnest(keys) as key;
        end if;
      end $$;
      comment on function tell_changes is 'Notifies central_index_change of topic:key for each key, or of topic: for all';
    `);
    for (const [topic, table, key, columns] of watched) {
      const values = (row: string): string =>
        columns[0] === '*' ? row : `(${columns.map((column) => `${row}.${column}`).join(', ')})`;
      const changed = {
        insert: `select distinct ${key}::text from after_rows`,
        delete: `select distinct ${key}::text from before_rows`,
        update: `select distinct unnest(array[b.${key}::text, a.${key}::text]) from before_rows b join after_rows a using (id)
                  where ${values('b')} is distinct from ${values('a')}`,
      };
      const tables = {
        insert: 'new table as after_rows',
        delete: 'old table as before_rows',
        update: 'old table as before_rows new table as after_rows',
      };
      for (const statement of statements) {
        await runner.query(`
          create function tell_${table}_${statement}() returns trigger language plpgsql as $$
          begin
            perform tell_changes('${topic}', array(${changed[statement]}));
            return null;
          end $$;
          create trigger ${table}_tell_${statement} after ${statement} on ${table}
            referencing ${tables[statement]} for each statement execute function tell_${table}_${statement}();
        `);
      }
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const [, table] of watched) {
      for (const statement of statements) {
        await runner.query(`
          drop trigger ${table}_tell_${statement} on ${table};
          drop function tell_${table}_${statement}();
        `);
      }
    }
    await runner.query('drop function tell_changes(text, text[])');
  }
}
