import { sql } from '@central-index/platform/database';

/** An image of a registry that the index knows. */
export interface SampleImage {
  /** Path of its repository at the registry. */
  readonly path: string;
  readonly digest: string;
}

/** Any tagged image. $1: registry. */
export const selectSampleImage = sql<SampleImage>(
  `select registry_path as path, digest from repository join tag on repository_id = repository.id
    where registry_id = $1 and state <> 'deleted' limit 1`,
);
