import { sql } from '@central-index/platform/database';

/** A repository and where its images are to be deleted. */
export interface RegistryContent {
  readonly id: string;
  /** Its canonical path. */
  readonly path: string;
  readonly registryId: string;
  readonly registryPath: string;
}

/** $1: repository. */
export const selectTombstone = sql<RegistryContent>(
  `select id, path, registry_id as "registryId", registry_path as "registryPath"
     from repository where id = $1 and state = 'deleted' and registry_id is not null`,
);

/** $1: repository. */
export const selectPath = sql<{ readonly path: string }>('select path from repository where id = $1');

/** Includes the entries of indexes: they exist with it, whether events reported them or not. $1: repository. */
export const selectStoredDigests = sql<{ readonly digest: string }>(
  `select digest from manifest where repository_id = $1
   union select unnest(children) from manifest where repository_id = $1`,
);

/**
 * Locks a repository, if its images at the registry may still be deleted: it is still a tombstone there, or it is still
 * placed elsewhere. $1: repository; $2: registry.
 */
export const lockForDeletion = {
  tombstone: sql(
    `select from repository where id = $1 and state = 'deleted' and registry_id = $2 for no key update`,
  ),
  moved: sql(`select from repository where id = $1 and registry_id is distinct from $2 for no key update`),
};

/** Leaves the manifests of a moved repository, which are on its new registry. $1: repository; $2: digest; $3: registry. */
export const deletePlacedManifest = sql(
  `delete from manifest where repository_id = $1 and digest = $2
      and exists (select from repository where id = $1 and registry_id = $3)`,
);

/** $1: repository; $2: registry. */
export const releasePlacement = sql(
  `update repository set registry_id = null, registry_path = null
    where id = $1 and state = 'deleted' and registry_id = $2`,
);

/** Deletes the row of a name that was deleted before any image of it was seen. $1: repository. */
export const deleteReleasedName = sql(
  `delete from repository where id = $1 and state = 'deleted' and deleted_at is null`,
);
