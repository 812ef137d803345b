/** What a list's cursor holds of its last row: a decimal row id, or a text that is compared and nothing else. */
export type CursorKey = 'id' | 'text';

const maxLength = 1_024;
const id = /^[1-9]\d{0,17}$/;

/**
 * Where a list goes on, as one opaque word for a URL: the key of the last row shown. `list` names the list, so that a
 * cursor of one is refused by another.
 */
export function writeCursor(list: string, key: string): string {
  return Buffer.from(`${list}:${key}`).toString('base64url');
}

/**
 * The key in a cursor. A cursor is input like any other: whatever writeCursor() would not have written for this list
 * is undefined. The key must still be bound, never written into a statement.
 */
export function readCursor(list: string, kind: CursorKey, cursor: string): string | undefined {
  if (cursor.length > maxLength) return undefined;
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  const key = text.slice(list.length + 1);
  if (writeCursor(list, key) !== cursor || key === '') return undefined;
  return (kind === 'id' ? id.test(key) : !key.includes('\0')) ? key : undefined;
}
