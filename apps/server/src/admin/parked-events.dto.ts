import type { ParkedEvent } from '@central-index/registries';
import { z } from 'zod';
import { listOf, pageSchema } from '../api/page.dto';

/** A parked event. */
export const parkedEventSchema = z
  .strictObject({
    id: z.string(),
    event_id: z.string().describe('the id that the registry sent, or the SHA-256 of an unreadable body'),
    reason: z.string(),
    received_at: z.iso.datetime(),
    body: z.string().describe('the first 4 kB of the event'),
  })
  .meta({ id: 'ParkedEvent' });
/** A page of parked events. */
export const parkedEventsSchema = listOf(parkedEventSchema).meta({ id: 'ParkedEvents' });
/** How many events are pending again. */
export const retriedSchema = z.strictObject({ retried: z.int().min(0) }).meta({ id: 'RetriedEvents' });
/** How many events were deleted. */
export const discardedSchema = z.strictObject({ discarded: z.int().min(0) }).meta({ id: 'DiscardedEvents' });
/** The query of a page of parked events. */
export const parkedEventsPageSchema = pageSchema('parked-events', 'id');
/** A parked event as the API returns it. */
export type ParkedEventDto = z.infer<typeof parkedEventSchema>;

/** Converts a parked event to the format of the API. */
export function toParkedEvent({ id, eventId, reason, receivedAt, body }: ParkedEvent): ParkedEventDto {
  return { id, event_id: eventId, reason, received_at: receivedAt.toISOString(), body };
}
