import { sql } from '@central-index/platform/database';

/** A tag whose deletion was requested. */
export interface TagDeletion {
  readonly repositoryId: string;
  /** Canonical path of the repository. */
  readonly path: string;
  readonly registryId: string;
  readonly registryPath: string;
  readonly tag: string;
  /** Digest of the tag when its deletion was requested. */
  readonly digest: string;
  /** Account name. */
  readonly requestedBy: string;
  /** True to delete what refers to the image, too. */
  readonly withReferrers: boolean;
}

/** Affects no row when the tag does not exist. $1: repository; $2: tag; $3: account name; $4: with its referrers. */
export const requestTagDeletion = sql(
  `insert into tag_deletion (repository_id, tag, digest, requested_by, referrers)
   select repository_id, name, digest, $3, $4 from tag where repository_id = $1 and name = $2
   on conflict (repository_id, tag) do update
      set digest = excluded.digest, requested_by = excluded.requested_by, referrers = excluded.referrers`,
);

/** $1: repository; $2: tag. */
export const selectTagDeletion = sql<TagDeletion>(
  `select repository_id as "repositoryId", path, registry_id as "registryId",
          registry_path as "registryPath", tag, digest, requested_by as "requestedBy", referrers as "withReferrers"
     from tag_deletion join repository on repository.id = repository_id
    where repository_id = $1 and tag = $2 and registry_id is not null and state <> 'deleted'`,
);

/** Affects a row only for the process that settles the deletion first. $1: repository; $2: tag; $3: digest. */
export const deleteTagDeletion = sql(
  'delete from tag_deletion where repository_id = $1 and tag = $2 and digest = $3',
);

/** Finds a row if the tag still has the digest. $1: repository; $2: tag; $3: digest. */
export const selectTagWithDigest = sql(
  'select from tag where repository_id = $1 and name = $2 and digest = $3',
);

/** Tags, or digests without a tag, of the indexes that have an entry. $1: repository; $2: digest of the entry. */
export const selectIndexesOf = sql<{ readonly name: string }>(
  `select coalesce(tag.name, manifest.digest) as name from manifest left join tag using (repository_id, digest)
    where repository_id = $1 and $2 = any(children)`,
);
