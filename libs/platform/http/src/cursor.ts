import { invalidInput } from '@central-index/platform/errors';

/** What a part of a cursor may be: a decimal row id, or a text that is compared and nothing else. */
export type CursorPart = 'id' | 'text';

const maxLength = 1_024;
const id = /^[1-9]\d{0,17}$/;

/**
 * Where a list goes on: the sort values of the last row shown, as one opaque word for a URL. `list` names the list, so
 * that a cursor of one is refused by another.
 */
export function writeCursor(list: string, ...values: readonly string[]): string {
  return Buffer.from(JSON.stringify([list, ...values])).toString('base64url');
}

/**
 * The values of a cursor, which is input like any other: whatever writeCursor() would not have written for this list
 * and these parts is VALIDATION_FAILED. Values must still be bound, never written into a statement.
 */
export function readCursor(list: string, cursor: string, parts: readonly CursorPart[]): string[] {
  const values = parse(cursor);
  if (
    values === undefined ||
    values.length !== parts.length + 1 ||
    values[0] !== list ||
    !parts.every((part, i) => isPart(part, values[i + 1]!)) ||
    writeCursor(...(values as [string, ...string[]])) !== cursor
  ) {
    throw invalidInput([{ field: 'cursor', message: 'is not a cursor of this list' }]);
  }
  return values.slice(1);
}

function isPart(part: CursorPart, value: string): boolean {
  return part === 'id' ? id.test(value) : !value.includes('\0');
}

function parse(cursor: string): string[] | undefined {
  if (cursor.length > maxLength) return undefined;
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    return Array.isArray(value) && value.every((part) => typeof part === 'string') ? value : undefined;
  } catch {
    return undefined;
  }
}
