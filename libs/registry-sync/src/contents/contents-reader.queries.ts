import { sql } from '@central-index/platform/database';

/** A repository before its registry is read. */
export interface ContentsSnapshot {
  readonly version: string;
  /** Its path at the registry. */
  readonly path: string;
  /** Digests by tag. */
  readonly storedTags: Readonly<Record<string, string>>;
}

/** $1: repository; $2: registry. */
export const selectContentsSnapshot = sql<ContentsSnapshot>(
  `select version, registry_path as path,
          (select coalesce(json_object_agg(name, digest), '{}') from tag where repository_id = $1) as "storedTags"
     from repository where id = $1 and registry_id = $2 and state <> 'deleted'`,
);
