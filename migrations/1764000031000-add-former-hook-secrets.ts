import type { MigrationInterface, QueryRunner } from 'typeorm';

const statements = { insert: ['new', 'after_rows'], delete: ['old', 'before_rows'] } as const;

/** Lets the former secrets of a registry authenticate its notifications until it uses the new one. */
export class AddFormerHookSecrets1764000031000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table former_hook_secret (
        registry_id bigint not null references registry on delete cascade,
        secret_hash bytea not null,
        expires_at timestamptz not null,
        primary key (registry_id, secret_hash)
      );
      comment on table former_hook_secret is
        'Replaced secrets of registries, which are accepted until a newer one is used or they expire; the last one that was replaced expires last';
    `);
    for (const [statement, [state, rows]] of Object.entries(statements)) {
      await runner.query(`
        create function notify_former_hook_secret_${statement}() returns trigger language plpgsql as $$
        begin
          perform notify_changes('registry', array(select distinct registry_id::text from ${rows}));
          return null;
        end $$;
        create trigger former_hook_secret_notify_${statement} after ${statement} on former_hook_secret
          referencing ${state} table as ${rows} for each statement execute function notify_former_hook_secret_${statement}();
      `);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table former_hook_secret');
    for (const statement of Object.keys(statements)) {
      await runner.query(`drop function notify_former_hook_secret_${statement}()`);
    }
  }
}
