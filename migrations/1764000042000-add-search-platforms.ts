import type { MigrationInterface, QueryRunner } from 'typeorm';

const comment = "'What its versions run on, as linux/arm64'";

/** Adds the platforms of repositories, by which a search filters. Documents get theirs by the check of documents. */
export class AddSearchPlatforms1764000042000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table repository add column platforms text[] not null default '{}';
      comment on column repository.platforms is ${comment};
      update repository set platforms = held.platforms from (
        select repository_id, array_agg(distinct platform.os || '/' || platform.architecture) as platforms
          from tag join manifest using (repository_id, digest)
          cross join lateral jsonb_to_recordset(platforms) as platform(os text, architecture text)
         where refers_to is null and platform.os <> '' and platform.architecture <> '' group by repository_id) as held
       where held.repository_id = repository.id and state <> 'deleted';

      alter table search_document add column platforms text[] not null default '{}';
      comment on column search_document.platforms is ${comment};`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table search_document drop column platforms;
      alter table repository drop column platforms;`);
  }
}
