import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What sweeps of registries found, and which names belong on which registry. */
export class CreateRegistrySweep1764000008000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table registry_sweep (
        registry_id bigint primary key,
        started_at timestamptz not null,
        finished_at timestamptz not null,
        complete_at timestamptz,
        repositories integer not null,
        added integer not null,
        removed integer not null,
        missing integer not null,
        unclaimed integer not null,
        failure text,
        alarm text,
        constraint registry_sweep_registry_id_fkey foreign key (registry_id) references registry (id) on delete cascade
      );
      comment on table registry_sweep is 'The last sweep of each registry';
      comment on column registry_sweep.complete_at is 'When the last sweep began that read everything: who was granted a push since may have moved a tag';
      comment on column registry_sweep.alarm is 'Why the sweep removed nothing though something is missing';

      create table missing_tag (
        repository_id bigint not null,
        tag text not null,
        since timestamptz not null,
        primary key (repository_id, tag),
        constraint missing_tag_repository_id_fkey foreign key (repository_id) references repository (id) on delete cascade
      );
      comment on table missing_tag is 'Tags that a sweep did not find; a later sweep that does not find them either removes them';

      create table placement_rule (
        pattern text primary key,
        registry_id bigint not null,
        created_at timestamptz not null default now(),
        constraint placement_rule_registry_id_fkey foreign key (registry_id) references registry (id) on delete cascade
      );
      comment on table placement_rule is 'Names that are pushed to one registry only: namespace/name, * stays inside one component; the longest pattern wins';
      create index placement_rule_registry_id_idx on placement_rule (registry_id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop table placement_rule;
      drop table missing_tag;
      drop table registry_sweep;
    `);
  }
}
