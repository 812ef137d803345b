import { sql } from '@central-index/platform/database';

/** A repository to be moved. */
export interface MovableRepository {
  readonly id: string;
  readonly version: string;
  readonly registryId: string | null;
  readonly registryPath: string | null;
  /** Digests of its stored manifests. */
  readonly digests: readonly string[];
}

/** $1: canonical path. */
export const selectMovable = sql<MovableRepository>(
  `select id, version, registry_id as "registryId", registry_path as "registryPath",
          array(select digest from manifest where repository_id = repository.id) as digests
     from repository where path = $1 and state <> 'deleted'`,
);

/** Affects no row when the repository changed. $1: repository; $2: version; $3: registry; $4: its path there. */
export const movePlacement = sql(
  `update repository set registry_id = $3, registry_path = $4,
          state = case state when 'hidden' then 'active' else state end
    where id = $1 and version = $2`,
);

/** $1: repository. */
export const deleteAllMissingTags = sql('delete from missing_tag where repository_id = $1');
