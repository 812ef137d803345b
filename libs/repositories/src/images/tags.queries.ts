import { sql } from '@central-index/platform/database';
import type { ImageKind } from '../kinds/image-kind';

/** What an image runs on, as its configuration or index states, and the manifest for it. */
export interface TagPlatform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
  readonly digest?: string;
  /** Bytes of configuration and layers, compressed; null when the manifest is missing or states no sizes. */
  readonly size?: number | null;
}

/** A tag as the REST API and commands show it. */
export interface Tag {
  readonly name: string;
  readonly digest: string;
  readonly mediaType: string;
  /** Bytes of configuration and layers, of all platforms for an index; null when unknown. */
  readonly size: number | null;
  readonly platforms: readonly TagPlatform[];
  readonly kind: ImageKind;
  /** The type of an artifact that is no image to run. */
  readonly artifactType: string | null;
  /** Digest of the manifest that this one refers to, as in OCI. */
  readonly subject: string | null;
  /** Creation time that the image states. */
  readonly builtAt: Date | null;
  /** `org.opencontainers.image.…` labels and annotations, keyed by the last component of their names. */
  readonly labels: Readonly<Record<string, string>>;
  /** Digest of the manifest that the tag is a statement about, such as a signature; null for a version. */
  readonly refersTo: string | null;
  /** Time of the push; null when no registry reported it. */
  readonly pushedAt: Date | null;
  /** When the tag was seen at the registry, if no registry reported its push. */
  readonly foundAt: Date | null;
  /** Name of the account that pushed it, if known. */
  readonly pushedBy: string | null;
}

/** What a tag pointed to, and since when: since a push that was reported, or at least since it was found. */
export interface TagMove {
  readonly digest: string;
  readonly pushedAt: Date | null;
  readonly foundAt: Date | null;
  /** Name of the account that pushed it, if known. */
  readonly pushedBy: string | null;
}

/** A row of a tag's history. */
export interface TagHistoryRow extends TagMove {
  readonly id: string;
  /** What the history is ordered by. */
  readonly since: Date;
}

// Of a tag or an entry of its history. Without a report, the stored time is that of the observation.
const timesSql = (table: string): string => `
  case when ${table}.reported then ${table}.pushed_at end as "pushedAt",
  case when not ${table}.reported then ${table}.pushed_at end as "foundAt"`;

const selectTags = `
  select tag.name, tag.digest, manifest.media_type as "mediaType", manifest.size::float8 as size, manifest.platforms,
         kind, artifact_type as "artifactType", subject, built_at as "builtAt", labels,
         refers_to as "refersTo", ${timesSql('tag')}, account.name as "pushedBy"
    from tag
    join manifest on manifest.repository_id = tag.repository_id and manifest.digest = tag.digest
    left join account on account.id = tag.pushed_by_id
   where tag.repository_id = $1`;

/** Versions by name; those of a kind include statements. $1: repository; $2: last tag of the page before; $3: limit; $4: kind, or null. */
export const selectTagsAfter = sql<Tag>(
  `${selectTags} and tag.name > $2 and case when $4::text is null then refers_to is null else kind = $4 end
   order by tag.name limit $3`,
);

/** $1: repository; $2: tag. */
export const selectTag = sql<Tag>(`${selectTags} and tag.name = $2`);

/** Latest first. $1: repository; $2: tag; $3, $4: time and id of the last row of the page before, or null; $5: limit. */
export const selectTagHistory = sql<TagHistoryRow>(
  `select tag_history.id, digest, pushed_at as since, ${timesSql('tag_history')}, account.name as "pushedBy"
     from tag_history left join account on account.id = pushed_by_id
    where repository_id = $1 and tag = $2
      and ($3::timestamptz is null or (pushed_at, tag_history.id) < ($3, $4::bigint))
    order by pushed_at desc, tag_history.id desc limit $5`,
);
