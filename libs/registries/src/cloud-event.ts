/** HTTP headers of a notification, by lower-case name. */
export type HookHeaders = Readonly<Record<string, string | undefined>>;

/** The media type in the `content-type` header, in lower case and without parameters; empty when there is none. */
export function mediaTypeOf(headers: HookHeaders): string {
  return (headers['content-type'] ?? '').split(';', 1)[0]!.trim().toLowerCase();
}

type Fields = Readonly<Record<string, unknown>>;

const structured = 'application/cloudevents+json';
const batch = 'application/cloudevents-batch+json';
const headerAttributes = ['specversion', 'id', 'source', 'type', 'time'] as const;

/**
 * The events of a notification in CloudEvents 1.0 over HTTP, as zot sends them, in all three modes: structured (one
 * event as JSON), batched (a list of them) and binary (the data alone, attributes in `ce-` headers). `body` is the
 * parsed body. Returns undefined when it is no CloudEvent. Fields of zot that are not read, such as the whole
 * manifest, are left out.
 */
export function readCloudEvents(body: unknown, headers: HookHeaders): Fields[] | undefined {
  const mediaType = mediaTypeOf(headers);
  if (mediaType === batch) {
    return Array.isArray(body) ? (body as unknown[]).map((event) => pickFields(asFields(event))) : undefined;
  }
  if (mediaType === structured) return [pickFields(asFields(body))];
  if (headers['ce-specversion'] === undefined) return undefined;
  const attributes = headerAttributes.map((name) => [name, decode(headers[`ce-${name}`])] as const);
  return [pickFields({ ...Object.fromEntries(attributes), data: body })];
}

// Source and id together identify an event, so one without either of them gets no id and is parked.
function pickFields(event: Fields): Fields {
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

// Header values are percent-encoded where they are not plain ASCII.
function decode(value: string | undefined): string | undefined {
  try {
    return value && decodeURIComponent(value);
  } catch {
    return value;
  }
}
