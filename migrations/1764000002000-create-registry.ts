import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Blob registries that the index serves, and what they report. */
export class CreateRegistry1764000002000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table registry (
        id bigint generated always as identity primary key,
        name text not null,
        url text not null,
        host text not null,
        hook_url text,
        service text not null,
        kind text not null,
        token_ttl integer,
        token_algorithm text not null default 'ES256',
        hook_secret_hash bytea not null,
        created_at timestamptz not null default now(),
        constraint registry_name_key unique (name),
        constraint registry_service_key unique (service),
        constraint registry_host_key unique (host),
        constraint registry_kind_check check (kind in ('distribution2', 'distribution3', 'zot', 'v1')),
        constraint registry_service_check check (service <> 'central-index'),
        constraint registry_token_algorithm_check check (token_algorithm in ('ES256', 'RS256')),
        constraint registry_token_ttl_check check (token_ttl between 60 and 3600)
      );
      comment on table registry is 'Blob registries: url is where the index reaches one, host what clients type, service its name in tokens';
      comment on column registry.hook_secret_hash is 'SHA-256 of the secret with which it reports';

      create table registry_event (
        id bigint generated always as identity primary key,
        registry_id bigint not null,
        event_id text not null,
        body bytea not null,
        state text not null default 'stored',
        reason text,
        received_at timestamptz not null default now(),
        applied_at timestamptz,
        constraint registry_event_registry_id_event_id_key unique (registry_id, event_id),
        constraint registry_event_registry_id_fkey foreign key (registry_id) references registry (id) on delete cascade,
        constraint registry_event_state_check check (state in ('stored', 'applied', 'parked'))
      );
      comment on table registry_event is 'Events as reported, once each; parked ones could not be read or believed, and say why';
      create index registry_event_waiting_idx on registry_event (registry_id, id) where state = 'stored';
      create index registry_event_parked_idx on registry_event (registry_id, id) where state = 'parked';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop table registry_event;
      drop table registry;
    `);
  }
}
