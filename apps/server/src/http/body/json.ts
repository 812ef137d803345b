import { invalidInput } from '@central-index/platform/errors';

/** Most levels of arrays and objects in a body. The deepest body of the API has three. */
export const maxNesting = 32;

/**
 * Most fields and list entries of a body. The largest body of the API, an access token with 100 patterns, has 108; the v1
 * protocol has lists of all images of a push.
 */
export const maxEntries = { api: 1_000, v1: 20_000 } as const;

const [quote, comma, backslash] = [0x22, 0x2c, 0x5c];
const openers = new Set([0x5b, 0x7b]);
const closers = new Set([0x5d, 0x7d]);

/**
 * Parses the JSON of a body, which is UTF-8; an empty one is none. Throws VALIDATION_FAILED for what is no JSON, and for
 * what is nested deeper than 32 levels or has more than `entries` entries: to parse and to check that takes milliseconds.
 */
export function parseJson(bytes: Buffer, entries: number = maxEntries.api): unknown {
  if (bytes.length === 0) return undefined;
  const excess = excessOf(bytes, entries);
  if (excess !== undefined) throw invalidInput([{ field: '', message: excess }]);
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown;
  } catch {
    throw invalidInput([{ field: '', message: 'the body is not valid JSON' }]);
  }
}

// What is more than a body may have. No byte of a longer UTF-8 sequence is one of the characters that are counted.
function excessOf(bytes: Buffer, entries: number): string | undefined {
  let [depth, commas] = [0, 0];
  let isInString = false;
  for (let at = 0; at < bytes.length; at += 1) {
    const code = bytes[at]!;
    if (isInString) {
      if (code === backslash) at += 1;
      else if (code === quote) isInString = false;
    } else if (code === quote) isInString = true;
    else if (code === comma) {
      commas += 1;
      if (commas >= entries) return `the body has more than ${entries} fields and list entries`;
    } else if (openers.has(code)) {
      depth += 1;
      if (depth > maxNesting) return `the body is nested deeper than ${maxNesting} levels`;
    } else if (closers.has(code)) depth -= 1;
  }
  return undefined;
}
