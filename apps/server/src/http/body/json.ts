import { invalidInput } from '@central-index/platform/errors';

/** Most levels of arrays and objects in a body. The deepest body of the API has three. */
export const maxNesting = 32;

const [quote, backslash] = [0x22, 0x5c];
const openers = new Set([0x5b, 0x7b]);
const closers = new Set([0x5d, 0x7d]);

/**
 * Parses the JSON of a body; empty text is no body. Throws VALIDATION_FAILED for what is no JSON, and for what is nested
 * deeper than 32 levels: code that walks through a value level by level takes long for 100,000 of them.
 */
export function parseJson(text: string): unknown {
  if (text === '') return undefined;
  if (isNestedTooDeeply(text)) {
    throw invalidInput([{ field: '', message: `the body is nested deeper than ${maxNesting} levels` }]);
  }
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw invalidInput([{ field: '', message: 'the body is not valid JSON' }]);
  }
}

function isNestedTooDeeply(text: string): boolean {
  let depth = 0;
  let isInString = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (isInString) {
      if (code === backslash) at += 1;
      else if (code === quote) isInString = false;
    } else if (code === quote) isInString = true;
    else if (openers.has(code)) {
      depth += 1;
      if (depth > maxNesting) return true;
    } else if (closers.has(code)) depth -= 1;
  }
  return false;
}
