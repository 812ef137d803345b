import { sql } from '@central-index/platform/database';
import type { RepositoryEntity } from '../repository/repository.entity';

/** Held until the end of a batch, so that only one runs at a time. $1: key. */
export const lockImports = sql('select pg_advisory_xact_lock($1)');

/**
 * Updates the repositories that differ from the import and returns their ids. Arrays with one element per row: $1: path;
 * $2: true if the namespace has an owner; $3: description; $4: stars; $5: pulls; $6: automated; $7: true if there are
 * images. Null stands for unknown, which changes nothing.
 */
export const updateImported = sql<Pick<RepositoryEntity, 'id'>>(
  `update repository set description = wanted.description, automated = wanted.automated,
     imported = wanted.imported, imported_stars = wanted.stars, imported_pulls = wanted.pulls
     from (select known.id,
                  case when owned then known.description else coalesce(row.description, known.description) end
                    as description,
                  case when owned then known.automated else coalesce(row.automated, known.automated) end
                    as automated,
                  known.imported or row.has_images and not owned as imported,
                  coalesce(row.stars, known.imported_stars) as stars,
                  coalesce(row.pulls, known.imported_pulls) as pulls
             from unnest($1::text[], $2::boolean[], $3::text[], $4::integer[], $5::bigint[], $6::boolean[],
                         $7::boolean[]) as row(path, owned, description, stars, pulls, automated, has_images)
             join repository as known on known.path = row.path) as wanted
    where repository.id = wanted.id and repository.state <> 'deleted'
      and (repository.description, repository.automated, repository.imported, imported_stars, imported_pulls)
          is distinct from
          (wanted.description, wanted.automated, wanted.imported, wanted.stars, wanted.pulls)
   returning repository.id`,
);

/**
 * Inserts the repositories that do not exist and returns their ids. Arrays with one element per row: $1: namespace;
 * $2: path; $3: name; $4: description; $5: stars; $6: pulls; $7: automated; $8: true if there are images.
 */
export const insertImported = sql<Pick<RepositoryEntity, 'id'>>(
  `insert into repository (namespace_id, path, name, state, official, description, automated, imported,
                           imported_stars, imported_pulls)
   select namespace_id, path, name, 'active', path like 'library/%', coalesce(description, ''),
          coalesce(automated, false), has_images, coalesce(stars, 0), coalesce(pulls, 0)
     from unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::integer[], $6::bigint[], $7::boolean[],
                 $8::boolean[])
            as row(namespace_id, path, name, description, stars, pulls, automated, has_images)
   on conflict (path) do nothing
   returning id`,
);
