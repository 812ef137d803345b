import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the PostgreSQL search engine holds of each repository that can be found. */
export class CreateSearchDocument1764000005000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // GIN without fast update: its pending list is read whole by every search.
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
        popularity double precision not null,
        name_words text[] not null,
        words text[] not null,
        updated_at timestamptz(3) not null,
        version bigint not null,
        constraint search_document_repository_id_fkey foreign key (repository_id) references repository (id) on delete cascade
      );
      comment on table search_document is 'Derived from repository by a job, and rebuilt from it at any time';
      comment on column search_document.popularity is 'The part of the score that does not depend on the query';
      comment on column search_document.name_words is 'Words of name and namespace, lower case, without repeats';
      comment on column search_document.words is 'The same and those of the description';
      comment on column search_document.version is 'Version of the repository row that it was made from';
      create index search_document_name_idx on search_document (name text_pattern_ops, popularity desc);
      create index search_document_namespace_idx on search_document (namespace text_pattern_ops, popularity desc);
      create index search_document_words_idx on search_document using gin (words) with (fastupdate = off);

      create table search_posting (
        repository_id bigint not null,
        field text not null,
        word text not null,
        weight double precision not null,
        primary key (repository_id, field, word),
        constraint search_posting_repository_id_fkey foreign key (repository_id) references search_document (repository_id) on delete cascade
      );
      comment on table search_posting is 'Words of search documents, read in the order of weight; derived from search_document whenever that is written';
      comment on column search_posting.field is 'name, description, official (description of an official one), beginning of the name';
      comment on column search_posting.weight is 'Popularity of the document';
      create index search_posting_word_idx on search_posting (word text_pattern_ops, field, weight desc, repository_id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table search_posting; drop table search_document;');
  }
}
