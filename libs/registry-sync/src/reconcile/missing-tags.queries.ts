import { sql } from '@central-index/platform/database';

/** A repository with its manifests and the tags that point to each of them. */
export interface StoredRepository {
  readonly version: string;
  /** Its path at the registry. */
  readonly registryPath: string;
  /** Its canonical path. */
  readonly path: string;
  readonly manifests: readonly { readonly digest: string; readonly tags: readonly string[] }[];
}

/** $1: repository; $2: registry. */
export const selectStoredRepository = sql<StoredRepository>(
  `select version, registry_path as "registryPath", path,
          (select coalesce(json_agg(json_build_object('digest', digest, 'tags', array(
                     select name from tag where tag.repository_id = $1 and tag.digest = manifest.digest))), '[]')
             from manifest where repository_id = $1) as manifests
     from repository where id = $1 and registry_id = $2 and state <> 'deleted'`,
);

/** Of tags that are listed again. $1: repository; $2: tags that are missing now. */
export const deleteFoundTags = sql('delete from missing_tag where repository_id = $1 and tag <> all($2)');

/** Keeps the time of tags that were missing before. $1: repository; $2: tags that are missing now. */
export const insertMissingTags = sql(
  `insert into missing_tag (repository_id, tag, missing_since)
   select id, tag, clock_timestamp() from repository, unnest($2::text[]) as tag where id = $1
   on conflict (repository_id, tag) do nothing`,
);

/** $1: repository; $2: tags. */
export const deleteMissingTags = sql('delete from missing_tag where repository_id = $1 and tag = any($2)');
