import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Long work that administrators ask for over the API. */
export class CreateErrand1764000013000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table errand (
        id bigint generated always as identity primary key,
        kind text not null,
        request jsonb not null,
        state text not null default 'waiting',
        result jsonb,
        failure text,
        actor text not null,
        address text,
        asked_at timestamptz not null default now(),
        finished_at timestamptz,
        constraint errand_kind_check check (kind in ('move', 'reconcile', 'adopt')),
        constraint errand_state_check check (state in ('waiting', 'done', 'failed'))
      );
      comment on table errand is 'Long work that an administrator asked for: a job does it, one after another';
      comment on column errand.failure is 'Why it could not be done';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table errand');
  }
}
