import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Notes for the second engine only those changes of search documents that its copy holds: no mere pull. */
export class NoteWhatTheCopyHolds1764000016000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      noted(`(changed.place, changed.namespace, changed.name, changed.official, changed.automated, changed.private,
                changed.stars, changed.terms)
              is distinct from (former.place, former.namespace, former.name, former.official, former.automated,
                former.private, former.stars, former.terms)`),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(noted('changed.* is distinct from former.*'));
  }
}

const noted = (difference: string): string => `
  create or replace function note_search_update() returns trigger language plpgsql as $$
  begin
    if exists (select from search_mirror) then
      insert into search_outbox (repository_id, change)
      select repository_id, nextval('search_outbox_change_seq')
      from (select changed.repository_id from changed join former using (repository_id)
            where ${difference} order by changed.repository_id) as ordered
      on conflict (repository_id) do update set change = excluded.change, attempts = 0, retry_at = null;
    end if;
    return null;
  end $$`;
