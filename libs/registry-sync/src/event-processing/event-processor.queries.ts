import { sql } from '@central-index/platform/database';

/** Where a repository is placed. */
export interface PlacementRow {
  readonly id: string;
  /** Its canonical path. */
  readonly path: string;
  readonly state: string;
  readonly registryId: string | null;
  readonly registryPath: string | null;
}

/** $1: canonical paths. */
export const selectPlacements = sql<PlacementRow>(
  `select id, path, state, registry_id as "registryId", registry_path as "registryPath"
     from repository where path = any($1)`,
);
