import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the PostgreSQL search engine holds of each repository that can be found. */
export class CreateSearchDocument1764000005000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table search_document (
        repository_id bigint primary key,
        namespace text not null,
        name text not null,
        official boolean not null,
        automated boolean not null,
        private boolean not null,
        description text not null,
        stars integer not null,
        pulls bigint not null,
        popularity real not null,
        words text[] not null,
        description_words text[] not null,
        updated_at timestamptz not null,
        version bigint not null,
        constraint search_document_repository_id_fkey foreign key (repository_id) references repository (id) on delete cascade
      );
      comment on table search_document is 'Derived from repository by a job, and rebuilt from it at any time';
      comment on column search_document.words is 'Words of namespace and name, lower case, without repeats';
      create index search_document_name_idx on search_document (name text_pattern_ops, popularity);
      create index search_document_namespace_idx on search_document (namespace text_pattern_ops, popularity);
      create index search_document_words_idx on search_document using gin (words);
      create index search_document_description_words_idx on search_document using gin (description_words);
      create index search_document_popularity_idx on search_document (popularity);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table search_document');
  }
}
