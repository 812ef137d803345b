import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The image lists of repositories on v1 registries, and deletions between the two steps of the v1 protocol. */
export class CreateV1Image1764000036000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table v1_image (
        repository_id bigint not null references repository on delete cascade,
        image_id text not null,
        checksum text,
        primary key (repository_id, image_id),
        constraint v1_image_image_id_check check (image_id ~ '^[0-9a-f]{64}$')
      );
      create index v1_image_image_id_idx on v1_image (image_id);
      comment on table v1_image is 'Images of repositories on v1 registries, which have ids instead of digests';
      comment on column v1_image.checksum is 'As the client computed it; null while none was sent';

      create table v1_deletion (
        repository_id bigint primary key references repository on delete cascade,
        expires_at timestamptz not null
      );
      comment on table v1_deletion is
        'Deletions of repositories on v1 registries between the two steps of the v1 protocol';
      comment on column v1_deletion.expires_at is 'Until when it may be confirmed';`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table v1_deletion; drop table v1_image');
  }
}
