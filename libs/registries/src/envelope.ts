import { createHash } from 'node:crypto';
import { mediaTypeOf, readCloudEvents, type HookHeaders } from './cloud-event';

/** An event as it is stored: `parked` says why it can never be applied. */
export interface ReportedEvent {
  /** As the registry gave it, or `sha256:` of the body when there is none to read. */
  readonly eventId: string;
  readonly body: Buffer;
  readonly parked?: string;
}

// Registry 2.x and 3.x call the same envelope by different names.
const mediaTypes = new Set([
  'application/vnd.docker.distribution.events.v1+json',
  'application/vnd.docker.distribution.events.v2+json',
]);
const maxEvents = 5_000;
const maxIdLength = 200;
// Real ones have 1 kB; with many references 20.
const maxEventBytes = 64 * 1024;

/**
 * Takes the envelope of a notification apart: one entry an event, or a single parked one when the whole cannot be
 * read. Never throws, because the registry would send again, and nothing after it, until it is told 2xx.
 */
export function readEnvelope(body: Buffer, headers: HookHeaders): ReportedEvent[] {
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
  return events.map(readOne);
}

/** An entry for what cannot be read; the same bytes always get the same id, so that a repetition is stored once. */
export function parked(body: Buffer, reason: string): ReportedEvent {
  return { eventId: `sha256:${createHash('sha256').update(body).digest('hex')}`, body, parked: reason };
}

function readOne(event: unknown): ReportedEvent {
  const body = Buffer.from(JSON.stringify(event));
  const id = (event as { id?: unknown } | null)?.id;
  if (typeof id !== 'string' || id === '') return parked(body, 'an event without an id');
  // PostgreSQL holds no U+0000 in text.
  if (id.length > maxIdLength || id.includes('\0')) return parked(body, 'an event whose id is no id');
  if (body.length > maxEventBytes) return parked(body.subarray(0, maxEventBytes), 'an oversized event');
  return { eventId: id, body };
}
