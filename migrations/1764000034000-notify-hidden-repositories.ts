import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Notifies the processes that a repository was hidden, in the transaction that hides it: answers to anonymous searches
 * that several callers share must not contain it any longer. Older code ignores the notification.
 */
export class NotifyHiddenRepositories1764000034000 implements MigrationInterface {
  up(runner: QueryRunner): Promise<void> {
    // The same payload each time: PostgreSQL delivers it once per transaction, however many repositories that hides.
    return replaceFunction(runner, `perform pg_notify('central_index_change', 'hidden:repository');`);
  }

  down(runner: QueryRunner): Promise<void> {
    return replaceFunction(runner, '');
  }
}

function replaceFunction(runner: QueryRunner, notification: string): Promise<void> {
  return runner.query(`
    create or replace function hide_search_document() returns trigger language plpgsql as $$
    begin
      insert into search_document (repository_id, rank_key, version, pulls, updated_at, stars, official, automated,
        private, namespace, name, description, terms)
      select new.id, (16383::bigint << 48) | new.id, new.version, 0, new.updated_at, 0, new.official, false,
             true, namespace.name, new.name, '', '{}'
        from namespace where namespace.id = new.namespace_id
      on conflict (repository_id) do update set private = true, version = excluded.version
        where search_document.version < excluded.version;
      ${notification}
      return null;
    end $$`);
}
