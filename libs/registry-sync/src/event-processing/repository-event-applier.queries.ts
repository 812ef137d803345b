import { sql } from '@central-index/platform/database';
import type { StoredTag } from './event-resolution';

/** A repository before its registry is read. */
export interface EventSnapshot {
  readonly version: string;
  /** Its path at the registry. */
  readonly path: string;
  /** Its stored tags and manifests; empty unless they were requested. */
  readonly storedTags: readonly StoredTag[];
}

/** $1: repository; $2: registry; $3: true to read the stored tags. */
export const selectEventSnapshot = sql<EventSnapshot>(
  `select version, registry_path as path,
          case when $3 then (
            select coalesce(json_agg(json_build_object('name', coalesce(tag.name, ''), 'digest', digest, 'children', children)), '[]')
              from manifest left join tag using (repository_id, digest) where repository_id = $1
          ) else '[]' end as "storedTags"
     from repository where id = $1 and registry_id = $2 and state <> 'deleted'`,
);
