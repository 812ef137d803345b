import { sql } from '@central-index/platform/database';

/** A parked event; `body` is only its beginning. */
export interface ParkedEventRow {
  readonly id: string;
  readonly eventId: string;
  readonly reason: string;
  readonly receivedAt: Date;
  readonly body: Buffer;
}

/** $1: registry; $2: the id after which to start; $3: limit; $4: how many bytes of each body. */
export const selectParkedEvents = sql<ParkedEventRow>(
  `select id, event_id as "eventId", coalesce(reason, '') as reason, received_at as "receivedAt",
          substring(body from 1 for $4) as body
     from registry_event where registry_id = $1 and state = 'parked' and id > $2 order by id limit $3`,
);

/** $1: registry. */
export const deleteParkedEvents = sql(
  `delete from registry_event where registry_id = $1 and state = 'parked'`,
);

/** Leaves events that could not be read: their id is a hash of their body. $1: registry. */
export const retryParkedEvents = sql(
  `update registry_event set state = 'pending', reason = null, applied_at = null
    where registry_id = $1 and state = 'parked' and event_id not like 'sha256:%'`,
);
