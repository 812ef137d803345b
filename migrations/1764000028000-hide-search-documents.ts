import type { MigrationInterface, QueryRunner } from 'typeorm';

// What others may find, as search decides it. `pushed_at` and `imported` are lost with a deletion.
const isPublic = (row: string): string =>
  `(${row}.visibility = 'public' and ${row}.state = 'active' and (${row}.pushed_at is not null or ${row}.imported))`;

/** Makes the search document of a repository private in the transaction that hides the repository. */
export class HideSearchDocuments1764000028000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // The document gets the version of the hidden row, so that a job that has read an older one does not replace it.
    // It is inserted if there is none: otherwise such a job, in a transaction that has not ended, could still insert it.
    // The rank key is that of the least popular documents. A job replaces or deletes the document afterwards.
    await runner.query(`
      create function hide_search_document() returns trigger language plpgsql as $$
      begin
        insert into search_document (repository_id, rank_key, version, pulls, updated_at, stars, official, automated,
          private, namespace, name, description, terms)
        select new.id, (16383::bigint << 48) | new.id, new.version, 0, new.updated_at, 0, new.official, false,
               true, namespace.name, new.name, '', '{}'
          from namespace where namespace.id = new.namespace_id
        on conflict (repository_id) do update set private = true, version = excluded.version
          where search_document.version < excluded.version;
        return null;
      end $$;
      comment on function hide_search_document is
        'Keeps a repository that was hidden out of the searches of others, from its commit on';
      create trigger repository_hide after update of visibility, state, pushed_at, imported on repository
        for each row when (${isPublic('old')} and not ${isPublic('new')}) execute function hide_search_document();
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop trigger repository_hide on repository; drop function hide_search_document()');
  }
}
