import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The index's certificate authority and the keys that sign tokens, their private halves sealed. */
export class CreateSigningKey1764000004000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table certificate_authority (
        id bigint generated always as identity primary key,
        certificate text not null,
        sealed_private_key bytea not null,
        not_after timestamptz not null,
        state text not null,
        created_at timestamptz not null default now(),
        constraint certificate_authority_state_check check (state in ('next', 'active', 'retired'))
      );
      comment on table certificate_authority is 'What registries trust: PEM certificate, private key sealed under SECRET_KEY';
      create unique index certificate_authority_active_key on certificate_authority (state) where state = 'active';

      create table signing_key (
        id bigint generated always as identity primary key,
        kid text not null,
        algorithm text not null,
        purpose text not null,
        certificate text not null,
        sealed_private_key bytea not null,
        authority_id bigint not null,
        state text not null,
        not_before timestamptz not null,
        not_after timestamptz not null,
        created_at timestamptz not null default now(),
        activated_at timestamptz,
        retired_at timestamptz,
        constraint signing_key_kid_key unique (kid),
        constraint signing_key_authority_id_fkey foreign key (authority_id) references certificate_authority (id) on delete restrict,
        constraint signing_key_state_check check (state in ('next', 'active', 'retired'))
      );
      comment on table signing_key is 'Leaves under the authority; purpose is shared for Distribution registries, or zot:<registry id>';
      comment on column signing_key.kid is 'RFC 7638 thumbprint';
      comment on column signing_key.retired_at is 'Since when it only verifies; removed once its last token is over';
      create unique index signing_key_active_key on signing_key (purpose, algorithm) where state = 'active';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop table signing_key;
      drop table certificate_authority;
    `);
  }
}
