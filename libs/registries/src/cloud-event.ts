/** How a body came: what its headers say, by lower-case name. */
export type HookHeaders = Readonly<Record<string, string | undefined>>;

/** The media type of what came, without its parameters. */
export function mediaTypeOf(headers: HookHeaders): string {
  return (headers['content-type'] ?? '').split(';', 1)[0]!.trim().toLowerCase();
}

type Fields = Readonly<Record<string, unknown>>;

const structured = 'application/cloudevents+json';
const batch = 'application/cloudevents-batch+json';
const attributes = ['specversion', 'id', 'source', 'type', 'time'] as const;

/**
 * The events of a body in CloudEvents 1.0 over HTTP, as zot sends them, in all three modes: one event as JSON, a list
 * of them, or the data alone with the rest in `ce-` headers. `body` is what the body parses to. Undefined when it is
 * no CloudEvent. What zot adds and nobody reads, such as the whole manifest, is left out.
 */
export function readCloudEvents(body: unknown, headers: HookHeaders): Fields[] | undefined {
  const mediaType = mediaTypeOf(headers);
  if (mediaType === batch) {
    return Array.isArray(body) ? (body as unknown[]).map((one) => slim(asFields(one))) : undefined;
  }
  if (mediaType === structured) return [slim(asFields(body))];
  if (headers['ce-specversion'] === undefined) return undefined;
  const said = attributes.map((name) => [name, decode(headers[`ce-${name}`])] as const);
  return [slim({ ...Object.fromEntries(said), data: body })];
}

// Only one with a source and an id is an event: together they name it.
function slim(event: Fields): Fields {
  const { specversion, id, source, type, time } = event;
  const { name, reference, digest, mediaType, actor, request } = asFields(event.data);
  return {
    id: typeof id === 'string' && id !== '' && typeof source === 'string' ? `${source} ${id}` : undefined,
    specversion,
    type,
    time,
    data: { name, reference, digest, mediaType, actor, request },
  };
}

const asFields = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? (value as Fields) : {};

// In headers, what is not plain ASCII is percent-encoded.
function decode(value: string | undefined): string | undefined {
  try {
    return value && decodeURIComponent(value);
  } catch {
    return value;
  }
}
