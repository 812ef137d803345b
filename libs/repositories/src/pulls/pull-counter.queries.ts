import { sql } from '@central-index/platform/database';
import type { ManifestEntity } from '../images/manifest.entity';
import type { RepositoryEntity } from '../repository/repository.entity';
import type { ManifestRequestRow } from './pull-attribution';

/** The period of the requests of one address to one repository. */
export interface RequestSpan {
  readonly repositoryId: string;
  readonly address: string;
  readonly from: Date;
  readonly to: Date;
}

/** A stored request, and what it is counted as at present. */
export interface StoredRequestRow extends ManifestRequestRow {
  readonly repositoryId: string;
  readonly address: string;
  readonly counted: string | null;
  /** False for a request that is not counted again but decides how others are. */
  readonly open: boolean;
  /** UTC, such as 2026-01-31. */
  readonly day: string;
}

/**
 * Locks those of the repositories that are placed on the registry, in the order of ids, so that two processes do not
 * deadlock. $1: repositories; $2: registry.
 */
export const lockPlacedRepositories = sql<Pick<RepositoryEntity, 'id'>>(
  `select id from repository where id = any($1::bigint[]) and registry_id = $2 and state <> 'deleted'
    order by id for no key update`,
);

/** Arrays with one element per request: $1: repository; $2: address; $3: time; $4: true for HEAD; $5: tag; $6: digest. */
export const insertManifestRequests = sql(
  `insert into manifest_request (repository_id, address, at, head, tag, digest)
   select * from unnest($1::bigint[], $2::text[], $3::timestamptz[], $4::boolean[], $5::text[], $6::text[])`,
);

/** The spans of all stored requests to a repository, by address. $1: repository. */
export const selectRequestSpans = sql<RequestSpan>(
  `select repository_id as "repositoryId", address, min(at) as from, max(at) as to
     from manifest_request where repository_id = $1 group by 1, 2`,
);

/**
 * What may be counted differently after new requests: all requests from the first new one on. Of the ten seconds before,
 * which only decide how those are counted, the latest HEAD and the latest GET of each manifest: this keeps the number of
 * rows small where one address pulls all the time. Arrays with one element per span: $1: repository; $2: address;
 * $3: first time; $4: last time.
 */
export const selectRequestsInSpans = sql<StoredRequestRow>(
  `with span as (
     select * from unnest($1::bigint[], $2::text[], $3::timestamptz[], $4::timestamptz[])
                   as span(repository_id, address, earliest, latest)
   )
   select id, repository_id as "repositoryId", address, at, head, tag, digest, counted_as as counted, open,
          to_char(at at time zone 'UTC', 'YYYY-MM-DD') as day
     from span cross join lateral (
       (select id, at, head, tag, digest, counted_as, true as open from manifest_request one
         where one.repository_id = span.repository_id and one.address = span.address
           and at between earliest and latest + interval '10 seconds')
       union all
       (select distinct on (head, digest) id, at, head, tag, digest, counted_as, false from manifest_request one
         where one.repository_id = span.repository_id and one.address = span.address
           and at >= earliest - interval '10 seconds' and at < earliest
         order by head, digest, at desc, tag collate "C")
     ) request`,
);

/** The entries of those manifests that are indexes. Arrays of the same length: $1: repository; $2: digest. */
export const selectIndexEntries = sql<Pick<ManifestEntity, 'repositoryId' | 'digest' | 'children'>>(
  `select repository_id as "repositoryId", digest, children
     from (select distinct * from unnest($1::bigint[], $2::text[]) as requested(repository_id, digest)) requested
     join manifest using (repository_id, digest) where children <> '{}'`,
);

/** Arrays of the same length: $1: id of the request; $2: what it is counted as, or null. */
export const updateCountedAs = sql(
  `update manifest_request set counted_as = change.counted_as
     from unnest($1::bigint[], $2::text[]) as change(id, counted_as) where manifest_request.id = change.id`,
);

/** $1: minutes. */
export const deleteRequestsOlderThan = sql(
  `delete from manifest_request where recorded_at < now() - make_interval(mins => $1)`,
);

/** The pulls of all references of a day that have no row of their own. No tag and no digest is spelt like this. */
export const otherReferences = '*';

/** A reference on one day. */
export interface CountedReference {
  readonly repositoryId: string;
  /** UTC, such as 2026-01-31. */
  readonly day: string;
  readonly reference: string;
}

/**
 * Those of the references that get no row of their own, because the repository has enough rows of the day. Which these are
 * does not change, because no row is deleted. Run it while the repositories are locked. Arrays of the same length: $1:
 * repository; $2: day; $3: reference; $4: most rows of a repository and day.
 */
export const selectReferencesWithoutRow = sql<CountedReference>(
  `with wanted as (
     select distinct * from unnest($1::bigint[], $2::date[], $3::text[]) as wanted(repository_id, day, reference)
   ), fresh as (
     select *, row_number() over (partition by repository_id, day order by reference) as n from wanted
      where not exists (select from pull_count known where known.repository_id = wanted.repository_id
        and known.day = wanted.day and known.reference = wanted.reference)
   )
   select repository_id as "repositoryId", to_char(day, 'YYYY-MM-DD') as day, reference from fresh
    where n + (select count(*) from (select from pull_count stored
      where stored.repository_id = fresh.repository_id and stored.day = fresh.day limit $4) enough) > $4`,
);

// Arrays with one element per change: $1: repository; $2: day; $3: reference; $4: number of pulls, may be negative.
const changed = `
  changed as (
    select repository_id, day, reference, sum(pulls)::bigint as pulls
      from unnest($1::bigint[], $2::date[], $3::text[], $4::int[]) as change(repository_id, day, reference, pulls)
     group by 1, 2, 3 having sum(pulls) <> 0
  )`;

/**
 * Applies the negative changes. They cannot be part of the upsert: the check of `pulls >= 0` applies to the row that is to
 * be inserted, before the conflict with an existing row is found.
 */
export const decreasePullCounts = sql(
  `with ${changed} update pull_count set pulls = pull_count.pulls + changed.pulls from changed
    where changed.pulls < 0 and pull_count.repository_id = changed.repository_id
      and pull_count.day = changed.day and pull_count.reference = changed.reference`,
);

/** Applies the positive changes. */
export const increasePullCounts = sql(
  `with ${changed} insert into pull_count (repository_id, day, reference, pulls)
   select * from changed where pulls > 0 order by 1, 2, 3
   on conflict (repository_id, day, reference) do update set pulls = pull_count.pulls + excluded.pulls`,
);

/**
 * Adds the changes to the totals of their repositories, and returns those that changed. Arrays of the same length, after
 * the four of the changes: $5: repository; $6: weight of its new unique pulls.
 */
export const updatePullTotals = sql<Pick<RepositoryEntity, 'id'>>(
  `with ${changed}, gained as (
     select repository_id, 0 as pulls, gain from unnest($5::bigint[], $6::float8[]) as one(repository_id, gain)
     union all select repository_id, pulls, 0 from changed
   )
   update repository set pulls = repository.pulls + total.pulls, unique_pulls = repository.unique_pulls + total.gain
     from (select repository_id, sum(pulls) as pulls, sum(gain) as gain from gained group by 1) total
    where id = total.repository_id and (total.pulls <> 0 or total.gain > 0) returning id`,
);
