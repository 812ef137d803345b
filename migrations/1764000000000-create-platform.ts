import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What every room stands on: settings, the schema's demands on code, the audit log, shared counters of limits. */
export class CreatePlatform1764000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table schema_requirement (
        migration text primary key,
        oldest_code bigint not null
      );
      comment on table schema_requirement is 'Migrations that older code cannot live with: oldest_code is the timestamp of the oldest migration whose code may run';

      create table setting (
        key text primary key,
        value text not null
      );
      comment on table setting is 'Values made once and kept, such as the issuer of tokens';

      create table rate_limit (
        key varchar(255) primary key,
        points integer not null default 0,
        expire bigint
      );
      create index rate_limit_expire_idx on rate_limit (expire);
      comment on table rate_limit is 'Counters of limits, shared by all processes; expire in epoch milliseconds';

      create table audit_event (
        id bigint generated always as identity primary key,
        at timestamptz not null default now(),
        action text not null,
        actor text,
        address text,
        subject_type text not null,
        subject text not null,
        detail jsonb not null default '{}'
      );
      comment on table audit_event is 'Security events, append-only';
      create index audit_event_at_id_idx on audit_event (at, id);
      create index audit_event_subject_type_subject_idx on audit_event (subject_type, subject);

      create function audit_event_is_append_only() returns trigger language plpgsql as $$
      begin
        raise exception 'audit_event is append-only' using errcode = 'insufficient_privilege';
      end $$;
      create trigger audit_event_append_only before update or delete on audit_event
        for each row execute function audit_event_is_append_only();
      create trigger audit_event_no_truncate before truncate on audit_event
        for each statement execute function audit_event_is_append_only();
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop table audit_event;
      drop function audit_event_is_append_only();
      drop table rate_limit;
      drop table setting;
      drop table schema_requirement;
    `);
  }
}
