import type { MigrationInterface, QueryRunner } from 'typeorm';

const skeletonFunction = (expression: string): string => `
  create or replace function name_skeleton(name text) returns text language sql immutable strict parallel safe as $$
    select ${expression}
  $$;`;
const skeleton = `replace(replace(translate(lower(name), '1l058-_.', 'iiosb'), 'rn', 'm'), 'w', 'vv')`;
const formerSkeleton = `replace(translate(lower(name), '1l0-_.', 'iio'), 'rn', 'm')`;

const lookalikeTrigger = (condition: string): string => `
  create or replace function refuse_lookalike_namespace() returns trigger language plpgsql as $$
  begin
    new.skeleton := name_skeleton(new.name);
    if new.origin in ('sign-up', 'administrator') ${condition} and exists (
         select from namespace where skeleton = new.skeleton and id is distinct from new.id) then
      raise exception 'name % looks like one that is taken', new.name
        using errcode = 'unique_violation', constraint = 'namespace_lookalike_key';
    end if;
    return new;
  end $$;`;

const reservedTrigger = (condition: string): string => `
  create or replace function refuse_reserved_name() returns trigger language plpgsql as $$
  begin
    if not new.reserved_name_allowed ${condition}
       and exists (select from reserved_name where skeleton = name_skeleton(new.name)) then
      raise exception 'name % is reserved', new.name
        using errcode = 'check_violation', constraint = 'reserved_name';
    end if;
    return new;
  end $$;`;
// A number at the end reads as a number: user5 is not reserved for users.
const endsInNumber = `~ '[58]$'`;

// The trigger would compare each name with skeletons of the former function.
const updateSkeletons = `
  alter table namespace disable trigger namespace_lookalike;
  update namespace set skeleton = name_skeleton(name) where skeleton <> name_skeleton(name);
  alter table namespace enable trigger namespace_lookalike;

  create temporary table reserved on commit drop as select name from reserved_name;
  delete from reserved_name;
  insert into reserved_name (skeleton, name)
    select distinct on (name_skeleton(name)) name_skeleton(name), name from reserved order by name_skeleton(name), name;
  drop table reserved;`;

// Metrics start at 0.
const purgedTables = [
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
];

/**
 * Folds more look-alikes into skeletons, keeps what people recognise a session by, distinguishes deleted accounts from
 * disabled ones, and counts what jobs purge. Older code keeps running: every new column has a default.
 */
export class ExtendAccount1764000022000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table namespace add column lookalike_allowed boolean not null default false;
      comment on column namespace.lookalike_allowed is
        'Name that looks like an older one since more look-alikes are folded: both stay';
      drop index namespace_lookalike_key;
      ${skeletonFunction(skeleton)}
      ${lookalikeTrigger('and not new.lookalike_allowed')}
      ${reservedTrigger(`and not new.name ${endsInNumber}`)}
      ${updateSkeletons}
      update namespace as newer set lookalike_allowed = true
       where origin in ('sign-up', 'administrator') and exists (
         select from namespace as older where older.skeleton = newer.skeleton and older.id < newer.id);
      create unique index namespace_lookalike_key on namespace (skeleton)
        where origin in ('sign-up', 'administrator') and not lookalike_allowed;
      update namespace set reserved_name_allowed = true
       where not reserved_name_allowed and not name ${endsInNumber}
         and exists (select from reserved_name where skeleton = namespace.skeleton);
      update account set reserved_name_allowed = true
       where not reserved_name_allowed and not name ${endsInNumber}
         and exists (select from reserved_name where skeleton = name_skeleton(account.name));

      alter table session add column address text not null default '', add column user_agent text not null default '';
      comment on column session.address is 'IP address of the sign-in';
      comment on column session.user_agent is 'Name that the browser sent at the sign-in';

      alter table account add column deleted_at timestamptz;
      comment on column account.deleted_at is 'Deleted by its owner or an administrator: the row only keeps the name';
      update account set deleted_at = disabled_at where disabled_at is not null and password_hash is null;

      create table purge_total (
        table_name text primary key,
        row_count bigint not null default 0,
        last_run_at timestamptz not null default 'epoch'
      );
      comment on table purge_total is 'Rows that the purge job has deleted, for metrics';
      insert into purge_total (table_name)
        select unnest(array['${purgedTables.join("', '")}']);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop table purge_total;
      alter table account drop column deleted_at;
      alter table session drop column user_agent, drop column address;
      drop index namespace_lookalike_key;
      ${skeletonFunction(formerSkeleton)}
      ${lookalikeTrigger('')}
      ${reservedTrigger('')}
      ${updateSkeletons}
      create unique index namespace_lookalike_key on namespace (skeleton) where origin in ('sign-up', 'administrator');
      alter table namespace drop column lookalike_allowed;
    `);
  }
}
