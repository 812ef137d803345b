import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Lets a form that is submitted twice have one effect. */
export class CreateFormResponse1764000041001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table form_response (
        key bytea primary key,
        response bytea,
        created_at timestamptz not null default now()
      );
      comment on table form_response is
        'Responses to forms, for repeated submissions; key is the SHA-256 of account and form';
      comment on column form_response.response is 'Encrypted under the secret of the form; null until there is one';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table form_response');
  }
}
