import { sql } from '@central-index/platform/database';

/** A repository before its registry is read. */
export interface ContentsSnapshot {
  readonly version: string;
  /** Its path at the registry. */
  readonly path: string;
  /** Digests by tag. */
  readonly storedTags: Readonly<Record<string, string>>;
  /** Its indexes. */
  readonly storedIndexes: readonly StoredIndex[];
}

/** An image index that is stored here. */
export interface StoredIndex {
  readonly digest: string;
  /** Digests of its entries. */
  readonly children: readonly string[];
  /** True when an entry could not be read. */
  readonly isIncomplete: boolean;
}

/** $1: repository; $2: registry. */
export const selectContentsSnapshot = sql<ContentsSnapshot>(
  `select version, registry_path as path,
          (select coalesce(json_object_agg(name, digest), '{}') from tag where repository_id = $1) as "storedTags",
          (select coalesce(json_agg(json_build_object(
                    'digest', digest, 'children', children, 'isIncomplete', size is null)), '[]')
             from manifest where repository_id = $1 and children <> '{}') as "storedIndexes"
     from repository where id = $1 and registry_id = $2 and state <> 'deleted'`,
);
