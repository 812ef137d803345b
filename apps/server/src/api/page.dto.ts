import { readCursor, writeCursor, type CursorKey } from '@central-index/platform/http';
import { z } from 'zod';

/** The query of a list, validated: `cursor` is the key of the last row that the caller has. */
export interface PageDto {
  per_page: number;
  cursor?: string;
}

/** A page of a list; `next` is null on the last one. */
export interface ListDto<Item> {
  items: Item[];
  next: string | null;
}

/** The fields of a list's query; more may be added by extend(). */
export type PageSchema = z.ZodObject<
  { per_page: z.ZodType<number>; cursor: z.ZodType<string | undefined> },
  z.core.$strict
>;

/** The query of a list: `per_page`, 100 at most, and `cursor`, the `next` of the page before. */
export function pageSchema(list: string, key: CursorKey): PageSchema {
  return z.strictObject({
    per_page: z.coerce.number().int().min(1).max(100).default(50),
    cursor: z
      .string()
      .transform((cursor, context) => {
        const last = readCursor(list, key, cursor);
        if (last !== undefined) return last;
        context.addIssue({ code: 'custom', message: 'is not a cursor of this list' });
        return z.NEVER;
      })
      .optional()
      .describe('`next` of the page before'),
  });
}

/** The shape of a page. */
export function listOf<Item extends z.ZodType>(item: Item): z.ZodType<ListDto<z.output<Item>>> {
  return z.strictObject({ items: z.array(item), next: z.string().nullable() });
}

/** Writes a page of rows found when one more than `perPage` was asked for, which tells whether there is another. */
export function toPage<Row, Item>(
  list: string,
  rows: readonly Row[],
  perPage: number,
  keyOf: (row: Row) => string,
  toItem: (row: Row) => Item,
): ListDto<Item> {
  const items = rows.slice(0, perPage);
  const next = rows.length > perPage ? keyOf(items.at(-1)!) : undefined;
  return writePage(list, { items, next }, toItem);
}

/** Writes a page as a room answers it: the rows, and the key of the last one if there are more. */
export function writePage<Row, Item>(
  list: string,
  page: { items: readonly Row[]; next?: string },
  toItem: (row: Row) => Item,
): ListDto<Item> {
  return {
    items: page.items.map(toItem),
    next: page.next === undefined ? null : writeCursor(list, page.next),
  };
}
