import { sql } from '@central-index/platform/database';

/** An image of a registry that the index knows. */
export interface SampleImage {
  /** Path of its repository at the registry. */
  readonly path: string;
  readonly digest: string;
  readonly isPrivate: boolean;
}

/**
 * The newest tagged image with blobs of its own, of a private repository if there is one; else any tagged manifest. $1:
 * registry.
 */
export const selectSampleImage = sql<SampleImage>(
  `select registry_path as path, tag.digest, visibility = 'private' as "isPrivate"
     from repository join tag on repository_id = repository.id
     join manifest on manifest.repository_id = repository.id and manifest.digest = tag.digest
    where registry_id = $1 and state <> 'deleted'
    order by visibility = 'private' desc, cardinality(children), tag.pushed_at desc nulls last limit 1`,
);
