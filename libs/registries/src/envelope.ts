import { isStorable } from '@central-index/platform/database';
import { createHash } from 'node:crypto';
import { mediaTypeOf, readCloudEvents, type HookHeaders } from './cloud-event';

/** An event as it is stored. */
export interface ReceivedEvent {
  /** The registry's id of the event, or `sha256:` and the hash of the body when no id can be read. */
  readonly eventId: string;
  readonly body: Buffer;
  /** Why the event can never be applied; absent for an event that can be read. */
  readonly parked?: string;
}

// Registry 2.x and 3.x use different media types for the same envelope.
const mediaTypes = new Set([
  'application/vnd.docker.distribution.events.v1+json',
  'application/vnd.docker.distribution.events.v2+json',
]);
const maxEvents = 5_000;
const maxIdLength = 200;
// Events usually have 1 kB; with many references 20 kB.
const maxEventBytes = 64 * 1024;

/**
 * Splits the envelope of a notification into one entry per event, or into a single parked entry when the envelope
 * cannot be read. Never throws, because a registry repeats a notification, and sends nothing after it, until it
 * receives a 2xx response.
 */
export function readEnvelope(body: Buffer, headers: HookHeaders): ReceivedEvent[] {
  const mediaType = mediaTypeOf(headers);
  let envelope: unknown;
  try {
    envelope = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    return [parked(body, 'not JSON')];
  }
  const cloudEvents = readCloudEvents(envelope, headers);
  if (cloudEvents === undefined && !mediaTypes.has(mediaType)) {
    return [parked(body, `not an event envelope: ${mediaType.slice(0, 100)}`)];
  }
  const events = cloudEvents ?? (envelope as { events?: unknown } | null)?.events;
  if (!Array.isArray(events)) return [parked(body, 'an envelope without events')];
  if (events.length > maxEvents) return [parked(body, `more than ${maxEvents} events`)];
  return events.map((event, index) => readOne(event, index, body));
}

/**
 * A parked entry for a body that cannot be read. The same bytes always get the same id, so that a repeated
 * notification is stored once.
 */
export function parked(body: Buffer, reason: string): ReceivedEvent {
  return { eventId: `sha256:${createHash('sha256').update(body).digest('hex')}`, body, parked: reason };
}

function readOne(event: unknown, index: number, envelope: Buffer): ReceivedEvent {
  const body = serialize(event);
  if (body === undefined) {
    // Identified by its place in the envelope, because it has no text of its own.
    const { eventId } = parked(Buffer.concat([envelope, Buffer.from(`#${index}`)]), '');
    return { eventId, body: envelope.subarray(0, maxEventBytes), parked: 'an event nested too deeply' };
  }
  const id = (event as { id?: unknown } | null)?.id;
  if (typeof id !== 'string' || id === '') return parked(body, 'an event without an id');
  if (id.length > maxIdLength || !isStorable(id)) return parked(body, 'an event with an invalid id');
  if (body.length > maxEventBytes) return parked(body.subarray(0, maxEventBytes), 'an oversized event');
  return { eventId: id, body };
}

// JSON.parse reads any depth, JSON.stringify does not.
function serialize(event: unknown): Buffer | undefined {
  try {
    return Buffer.from(JSON.stringify(event));
  } catch {
    return undefined;
  }
}
