import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Pulls by repository, day and tag, and the requests that they are counted by. */
export class CreatePullCount1764000009000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table pull_count (
        repository_id bigint not null,
        day date not null,
        reference text not null,
        pulls bigint not null,
        primary key (repository_id, day, reference),
        constraint pull_count_repository_id_fkey foreign key (repository_id) references repository (id) on delete cascade,
        constraint pull_count_pulls_check check (pulls >= 0)
      );
      comment on table pull_count is 'Pulls of a day (UTC), kept for ever';
      comment on column pull_count.reference is 'The tag that was asked for, or the digest when none was';

      create table manifest_request (
        id bigint generated always as identity primary key,
        repository_id bigint not null,
        address text not null,
        at timestamptz not null,
        head boolean not null,
        tag text,
        digest text not null,
        counted text,
        stored_at timestamptz not null default now(),
        constraint manifest_request_repository_id_fkey foreign key (repository_id) references repository (id) on delete cascade
      );
      comment on table manifest_request is 'Requests for manifests of the last minutes: one pull may be several of them';
      comment on column manifest_request.counted is 'The reference that it is counted for; null when it is part of another or a mere look';
      create index manifest_request_repository_id_address_at_idx on manifest_request (repository_id, address, at);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop table manifest_request;
      drop table pull_count;
    `);
  }
}
