import { sql } from '@central-index/platform/database';
import type { ImageKind } from '@central-index/repositories';

/** A tagged statement about a manifest. */
export interface TaggedReferrer {
  readonly tag: string;
  readonly digest: string;
  readonly mediaType: string;
  readonly artifactType: string | null;
  readonly kind: ImageKind;
}

/** Tagged statements about a manifest, without the index of a referrers tag. $1: repository; $2: digest. */
export const selectTaggedReferrers = sql<TaggedReferrer>(
  `select tag.name as tag, digest, media_type as "mediaType", artifact_type as "artifactType", kind
     from tag join manifest using (repository_id, digest)
    where repository_id = $1 and refers_to = $2 and kind <> 'index' order by tag.name`,
);

/** True if another version has the digest. $1: repository; $2: digest; $3: tag. */
export const selectOtherVersions = sql(
  `select from tag where repository_id = $1 and digest = $2 and name <> $3 and refers_to is null limit 1`,
);
