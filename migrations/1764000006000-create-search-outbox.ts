import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a second search engine has not confirmed yet, noted by the database itself as search documents change. */
export class CreateSearchOutbox1764000006000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // Statement triggers: whoever writes search_document, in whatever way, cannot forget the note, and it is kept or
    // lost with the change. Without a mirror they cost one look at an empty table a statement.
    await runner.query(`
      create table search_mirror (
        id smallint primary key,
        generation text,
        building text,
        built_to bigint not null default 0,
        checked_to bigint not null default 0,
        checked_whole_at timestamptz(3),
        drift bigint not null default 0,
        constraint search_mirror_id_check check (id = 1)
      );
      comment on table search_mirror is 'The copy of the public search documents in a second engine: one row while there is one';
      comment on column search_mirror.generation is 'The mark that the engine in use bears: what lacks it is not our index';
      comment on column search_mirror.building is 'The mark of the index that a rebuild is filling';
      comment on column search_mirror.built_to is 'The last repository that the rebuild has filled in';

      comment on column search_mirror.checked_to is 'The last repository whose copy was compared in the round under way';
      comment on column search_mirror.checked_whole_at is 'When all copies had last been compared';
      comment on column search_mirror.drift is 'Copies found to differ without a note of it, ever';

      create sequence search_outbox_change_seq;
      create table search_outbox (
        repository_id bigint primary key,
        change bigint not null,
        noted_at timestamptz(3) not null default clock_timestamp(),
        sent_change bigint,
        task bigint,
        attempts integer not null default 0,
        retry_at timestamptz(3),
        failure text
      );
      comment on table search_outbox is 'Search documents that the second engine has not confirmed as they are now; a row leaves when its task succeeded';
      comment on column search_outbox.change is 'Number of the latest change: what was sent counts only if it is this one';
      comment on column search_outbox.noted_at is 'Since when the engine is behind';
      comment on column search_outbox.attempts is 'Tasks that failed with this document among theirs; every failure makes the next task smaller';
      create index search_outbox_task_idx on search_outbox (task);

      create function note_search_change() returns trigger language plpgsql as $$
      begin
        if exists (select from search_mirror) then
          insert into search_outbox (repository_id, change)
          select repository_id, nextval('search_outbox_change_seq')
          from (select repository_id from changed order by repository_id) as ordered
          on conflict (repository_id) do update set change = excluded.change, attempts = 0, retry_at = null;
        end if;
        return null;
      end $$;
      create function note_search_update() returns trigger language plpgsql as $$
      begin
        if exists (select from search_mirror) then
          insert into search_outbox (repository_id, change)
          select repository_id, nextval('search_outbox_change_seq')
          from (select changed.repository_id from changed join former using (repository_id)
                where changed.* is distinct from former.* order by changed.repository_id) as ordered
          on conflict (repository_id) do update set change = excluded.change, attempts = 0, retry_at = null;
        end if;
        return null;
      end $$;
      create trigger search_document_inserted after insert on search_document
        referencing new table as changed for each statement execute function note_search_change();
      create trigger search_document_deleted after delete on search_document
        referencing old table as changed for each statement execute function note_search_change();
      create trigger search_document_updated after update on search_document
        referencing old table as former new table as changed for each statement execute function note_search_update();
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop trigger search_document_updated on search_document;
      drop trigger search_document_deleted on search_document;
      drop trigger search_document_inserted on search_document;
      drop function note_search_update();
      drop function note_search_change();
      drop table search_outbox;
      drop sequence search_outbox_change_seq;
      drop table search_mirror;
    `);
  }
}
