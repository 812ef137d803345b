import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the PostgreSQL search engine holds of each repository that can be found. */
export class CreateSearchDocument1764000005000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // Collation "C", so that the beginnings of a bound value are a range of the index. Private documents are in no
    // index that a search by others reads: not even its time tells of them.
    await runner.query(`
      create table search_document (
        repository_id bigint primary key,
        place bigint not null,
        version bigint not null,
        pulls bigint not null,
        updated_at timestamptz(3) not null,
        stars integer not null,
        official boolean not null,
        automated boolean not null,
        private boolean not null,
        namespace text collate "C" not null,
        name text collate "C" not null,
        description text not null,
        terms bigint[] not null,
        constraint search_document_repository_id_fkey foreign key (repository_id) references repository (id) on delete cascade
      );
      comment on table search_document is 'Derived from repository by a job, and rebuilt from it at any time';
      comment on column search_document.place is 'Place in every list: popularity downwards, then repository_id';
      comment on column search_document.version is 'Version of the repository row that it was made from';
      comment on column search_document.terms is 'What it is listed under: hashes of a field and a word';
      create index search_document_name_idx on search_document (name, place) where not private;
      create index search_document_path_idx on search_document (namespace, name, place) where not private;
      create index search_document_private_idx on search_document (namespace) where private;

      create table search_posting (
        term bigint not null,
        place bigint not null,
        primary key (term, place)
      );
      comment on table search_posting is 'Public search documents by term, the most popular first; kept by triggers of search_document';

      create table search_spelling (
        rest bigint not null,
        name text collate "C" not null,
        weight smallint not null,
        primary key (rest, name)
      );
      comment on table search_spelling is 'Names of popular repositories by what is left of them when letters are taken out';
      comment on column search_spelling.rest is 'Hash of the beginning of the name without up to two of its letters';
      comment on column search_spelling.weight is 'Popularity of the most popular repository of that name, in whole steps';
    `);
    // Statement triggers know the rows as they really were: whatever races or cascades, no posting is left behind.
    // The planner must not read all postings to join a few thousand.
    await runner.query(`
      create function search_document_post() returns trigger language plpgsql
        set enable_hashjoin = off set enable_mergejoin = off as $$
      begin
        if tg_op = 'INSERT' then
          insert into search_posting select unnest(terms), place from after where not private;
        elsif tg_op = 'DELETE' then
          delete from search_posting
          using (select unnest(terms) as term, place from before where not private offset 0) as gone
          where search_posting.term = gone.term and search_posting.place = gone.place;
        else
          delete from search_posting
          using (
            select unnest(terms) as term, place from before where not private
            except select unnest(terms), place from after where not private
          ) as gone
          where search_posting.term = gone.term and search_posting.place = gone.place;
          insert into search_posting
          select unnest(terms), place from after where not private
          except select unnest(terms), place from before where not private;
        end if;
        return null;
      end $$;
      create trigger search_document_insert after insert on search_document
        referencing new table as after for each statement execute function search_document_post();
      create trigger search_document_update after update on search_document
        referencing old table as before new table as after for each statement execute function search_document_post();
      create trigger search_document_delete after delete on search_document
        referencing old table as before for each statement execute function search_document_post();
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'drop table search_spelling; drop table search_posting; drop table search_document; drop function search_document_post();',
    );
  }
}
