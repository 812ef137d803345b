import type { MigrationInterface, QueryRunner } from 'typeorm';

/** One-time links that set a password. */
export class CreatePasswordReset1764000027000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table password_reset (
        account_id bigint primary key references account on delete cascade,
        secret_hash bytea not null unique,
        email text,
        password_changed_at timestamptz(3) not null,
        created_by text not null,
        created_at timestamptz not null default now(),
        expires_at timestamptz not null
      );
      comment on table password_reset is
        'One-time links that set a password; secret_hash is the SHA-256 of the token';
      comment on column password_reset.email is 'The address of the account when the link was created: a change ends the link';
      comment on column password_reset.password_changed_at is
        'That of the account when the link was created: a change of the password ends the link';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table password_reset');
  }
}
