/** The kind of key in a cursor: a decimal row id, or text that is only compared. */
export type CursorKey = 'id' | 'text';

const maxLength = 1_024;
const id = /^[1-9]\d{0,17}$/;

/**
 * Returns the cursor from which a list continues, as opaque text for a URL: it contains the key of the last row shown.
 * `list` is the name of the list, so that the cursor of one list is rejected by another.
 */
export function writeCursor(list: string, key: string): string {
  return Buffer.from(`${list}:${key}`).toString('base64url');
}

/**
 * Returns the key in a cursor. Cursors are untrusted input: everything that `writeCursor` would not have written for this
 * list is undefined. The key must still be bound, never interpolated into a statement.
 */
export function readCursor(list: string, kind: CursorKey, cursor: string): string | undefined {
  if (cursor.length > maxLength) return undefined;
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  const key = text.slice(list.length + 1);
  if (writeCursor(list, key) !== cursor || key === '') return undefined;
  return (kind === 'id' ? id.test(key) : !key.includes('\0')) ? key : undefined;
}
