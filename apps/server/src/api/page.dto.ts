import { z } from 'zod';

/** Where in a list to go on, as validated. */
export interface PageDto {
  per_page: number;
  cursor?: string;
}

/**
 * The query of a list: `per_page` (100 at most) and `cursor`, which is opaque to callers: the key of the last row they
 * have, checked again by the key's schema when it comes back, because a cursor is input like any other.
 */
export function pageSchema(key: z.ZodType<string, string>): z.ZodType<PageDto> {
  return z.strictObject({
    per_page: z.coerce.number().int().min(1).max(100).default(50),
    cursor: z
      .string()
      .max(500)
      .transform((cursor) => Buffer.from(cursor, 'base64url').toString('utf8'))
      .pipe(key)
      .optional()
      .describe('`next` of the page before'),
  });
}

/** The shape of a page: `next` is null on the last one. */
export function listOf<T extends z.ZodType>(
  item: T,
): z.ZodType<{ items: z.output<T>[]; next: string | null }> {
  return z.strictObject({ items: z.array(item), next: z.string().nullable() });
}

/** A page of the rows found when one more than `perPage` was asked for, which tells whether there is another page. */
export function toPage<Row, Item>(
  rows: readonly Row[],
  perPage: number,
  keyOf: (row: Row) => string,
  toItem: (row: Row) => Item,
): { items: Item[]; next: string | null } {
  const shown = rows.slice(0, perPage);
  const last = shown.at(-1);
  const next =
    rows.length > perPage && last !== undefined
      ? Buffer.from(keyOf(last), 'utf8').toString('base64url')
      : null;
  return { items: shown.map(toItem), next };
}
