import { sql } from '@central-index/platform/database';
import { statementKinds } from '@central-index/repositories';

const observedTagColumns =
  'tag(name text, digest text, "pushedAt" timestamptz, "pushedById" bigint, reported boolean, "refersTo" text)';

/** Locks a repository until the transaction ends; no row when it is not placed there. $1: repository; $2: registry. */
export const lockPlacedRepository = sql<{ readonly version: string }>(
  `select version from repository where id = $1 and registry_id = $2 and state <> 'deleted' for no key update`,
);

// A manifest whose only tags are statements, such as the index of a referrers tag, is one too. Without any tag, so are what
// has a subject, and an index of nothing that runs: a former index of a referrers tag.
const kindsSql = `array(
  select distinct kind from manifest
   where repository_id = $1 and kind <> all('{${statementKinds.join()}}')
     and case when exists (select from tag where tag.repository_id = $1 and tag.digest = manifest.digest)
              then exists (select from tag where tag.repository_id = $1 and tag.digest = manifest.digest
                              and refers_to is null)
              else subject is null and (kind <> 'index' or platforms <> '[]') end
   order by kind)`;

// A tag without a reported push is older than any other.
const newestLabelsSql = `(
  select labels from tag join manifest using (repository_id, digest)
   where repository_id = $1 and refers_to is null
   order by kind in ('image', 'index') desc, reported desc, tag.pushed_at desc, name limit 1)`;

// What versions run on, without variants of processors. More than a few are rare.
const platformsSql = `array(
  select distinct platform.os || '/' || platform.architecture
    from tag join manifest using (repository_id, digest)
    cross join lateral jsonb_to_recordset(platforms) as platform(os text, architecture text)
   where repository_id = $1 and refers_to is null and platform.os <> '' and platform.architecture <> ''
   order by 1 limit 100)`;

/**
 * Affects a row if the repository changes: a pending or hidden one becomes active with its first image. A repository
 * without images has neither kinds nor `pushed_at`, so that search does not find it, like one that was never pushed to.
 * Kinds, platforms and labels are those of the manifests that the same transaction has written. $1: repository; $2: latest reported
 * push; $3: true when its tags or manifests changed.
 */
export const updateRepository = sql(
  `update repository set
          state = case when has.image and state in ('pending', 'hidden') then 'active' else state end,
          pushed_at = case when has.image then greatest(pushed_at, $2) end,
          kinds = ${kindsSql}, platforms = ${platformsSql}, image_labels = ${newestLabelsSql},
          updated_at = case when $3 then now() else updated_at end
     from (select exists (select from manifest where repository_id = $1) as image) has
    where id = $1 and state <> 'deleted'
      and ($3 or (has.image and greatest(pushed_at, $2) is distinct from pushed_at))`,
);

/** Affects the manifests that are new or that changed. $1: repository; $2: images as JSON. */
export const upsertManifests = sql(
  `insert into manifest as held
          (repository_id, digest, media_type, size, platforms, kind, artifact_type, subject, built_at, labels, children)
   select $1, digest, "mediaType", size, platforms, kind, "artifactType", subject, "builtAt", labels, children
     from jsonb_to_recordset($2::jsonb) as seen(digest text, "mediaType" text, size bigint, platforms jsonb,
          kind text, "artifactType" text, subject text, "builtAt" timestamptz, labels jsonb, children text[])
   on conflict (repository_id, digest) do update
      set media_type = excluded.media_type, size = excluded.size,
          platforms = excluded.platforms, kind = excluded.kind, artifact_type = excluded.artifact_type,
          subject = excluded.subject, built_at = excluded.built_at, labels = excluded.labels,
          children = excluded.children
    where (held.media_type, held.size, held.platforms, held.kind, held.artifact_type, held.subject, held.built_at,
           held.labels, held.children)
          is distinct from
          (excluded.media_type, excluded.size, excluded.platforms, excluded.kind,
           excluded.artifact_type, excluded.subject, excluded.built_at, excluded.labels, excluded.children)`,
);

/** A tag that was added, that points to another digest, or of whose digest a later push was reported. */
export interface ChangedTag {
  readonly name: string;
  readonly digest: string;
  /** Name of the account that pushed; null when unknown. */
  readonly actor: string | null;
  /** False when the tag pointed to the digest before. */
  readonly isMoved: boolean;
}

/**
 * Returns the changed tags. The lock on the repository keeps `before` from being outdated: a subquery reads the tags as
 * they were when the statement began. $1: repository; $2: observed tags as JSON.
 */
export const upsertTags = sql<ChangedTag>(
  `with seen as (select * from jsonb_to_recordset($2::jsonb) as ${observedTagColumns})
   insert into tag (repository_id, name, digest, pushed_at, pushed_by_id, reported, refers_to)
   select $1, name, digest, "pushedAt", "pushedById", reported, "refersTo" from seen
   on conflict (repository_id, name) do update
      set digest = excluded.digest, pushed_at = excluded.pushed_at, pushed_by_id = excluded.pushed_by_id,
          reported = excluded.reported, refers_to = excluded.refers_to
    where tag.digest <> excluded.digest
       or (excluded.reported and (not tag.reported or tag.pushed_at < excluded.pushed_at))
   returning name, digest, (select account.name from account where account.id = pushed_by_id) as actor,
             not exists (select from tag before where before.repository_id = tag.repository_id
                            and before.name = tag.name and before.digest = tag.digest) as "isMoved"`,
);

/** A push event that arrives late replaces the entry of the observation. $1: repository; $2: observed tags as JSON. */
export const recordTagHistory = sql(
  `with seen as (select * from jsonb_to_recordset($2::jsonb) as ${observedTagColumns}), replaced as (
     delete from tag_history using seen
      where repository_id = $1 and tag = seen.name and tag_history.digest = seen.digest
        and seen.reported and not tag_history.reported and pushed_at <> seen."pushedAt"
   )
   insert into tag_history (repository_id, tag, digest, pushed_at, pushed_by_id, reported)
   select distinct on (name, "pushedAt", digest) $1, name, digest, "pushedAt", "pushedById", reported from seen
   on conflict (repository_id, tag, pushed_at, digest) do update
      set pushed_by_id = excluded.pushed_by_id, reported = true
    where excluded.reported and not tag_history.reported`,
);

/** $1: repository; $2: names; $3: digests. */
export const deleteTags = sql<{ readonly name: string; readonly digest: string }>(
  `delete from tag where repository_id = $1 and (name = any($2) or digest = any($3)) returning name, digest`,
);

/** $1: repository; $2: digests. */
export const deleteManifests = sql('delete from manifest where repository_id = $1 and digest = any($2)');

/** Deletes all manifests of a repository, and its tags by the foreign key. $1: repository. */
export const deleteAllManifests = sql('delete from manifest where repository_id = $1');
