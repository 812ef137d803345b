import { sql } from '@central-index/platform/database';

/** A stored event that has not been applied. */
export interface PendingRegistryEvent {
  readonly id: string;
  readonly body: Buffer;
  readonly receivedAt: Date;
}

/** How many events of a registry are pending, and how many are parked. */
export interface Backlog {
  readonly pending: number;
  readonly parked: number;
  /** When the oldest pending event was received; null when none is pending. */
  readonly oldest: Date | null;
}

/** $1: registry; $2: the id after which to start; $3: limit. */
export const selectPendingEvents = sql<PendingRegistryEvent>(
  `select id, body, received_at as "receivedAt" from registry_event
    where registry_id = $1 and state = 'pending' and id > $2 order by id limit $3`,
);

/** Returns the events that were pending until now. $1: ids; $2: state; $3: reason. */
export const settlePendingEvents = sql<{ readonly id: string }>(
  `update registry_event set state = $2, reason = $3, applied_at = now()
    where id = any($1::bigint[]) and state = 'pending' returning id`,
);

/** $1: registry. */
export const selectNewestEventId = sql<{ readonly id: string }>(
  'select id from registry_event where registry_id = $1 order by id desc limit 1',
);

/** Newest first. $1: registry; $2: limit. */
export const selectLatestBodies = sql<Pick<PendingRegistryEvent, 'body'>>(
  'select body from registry_event where registry_id = $1 order by id desc limit $2',
);

/** One row per registry that has pending or parked events. */
export const selectBacklogs = sql<Backlog & { readonly id: string }>(
  `select registry_id as id, count(*) filter (where state = 'pending')::int as pending,
          count(*) filter (where state = 'parked')::int as parked,
          min(received_at) filter (where state = 'pending') as oldest
     from registry_event where state in ('pending', 'parked') group by registry_id`,
);

/** When the newest event of each registry was received; no row for a registry without events. */
export const selectLatestReceptions = sql<{ readonly id: string; readonly receivedAt: Date }>(
  `select registry.id, newest.received_at as "receivedAt"
     from registry cross join lateral (
       select received_at from registry_event where registry_id = registry.id order by registry_event.id desc limit 1
     ) as newest`,
);

/** $1: retention in days; $2: limit. */
export const deleteExpiredEvents = sql(
  `delete from registry_event where id in (
     select id from registry_event
      where state <> 'pending' and received_at < now() - make_interval(days => $1) order by id limit $2
   )`,
);

/**
 * Returns the events that were not stored before. A repeated event, even one that another process is storing at the
 * same time, is skipped by the unique constraint. Arrays: $1 registries, $2 ids of events, $3 bodies, $4 reasons, not
 * null for parked events. Sorted by registry and event id, so that two processes cannot deadlock.
 */
export const insertEvents = sql<{ readonly registryId: string; readonly state: string }>(
  `insert into registry_event (registry_id, event_id, body, state, reason)
   select registry_id, event_id, body, case when reason is null then 'pending' else 'parked' end, reason
     from unnest($1::bigint[], $2::text[], $3::bytea[], $4::text[]) as reported(registry_id, event_id, body, reason)
   on conflict (registry_id, event_id) do nothing returning registry_id as "registryId", state`,
);
