import { readCursor, writeCursor, type CursorKey } from '@central-index/platform/http';
import { z } from 'zod';
import { withDefault } from './openapi/schemas';
import { wholeNumber } from './query-values';

/** The validated query of a list. `cursor` is the key of the last row of the previous page. */
export interface PageDto {
  per_page: number;
  cursor?: string;
}

/** A page of a list; `next` is null on the last one. */
export interface ListDto<Item> {
  items: Item[];
  next: string | null;
}

/** The schema of a list's query. Lists with filters add them with extend(). */
export type PageSchema = z.ZodObject<
  { per_page: z.ZodType<number>; cursor: z.ZodType<string | undefined> },
  z.core.$strict
>;

/** The query of a list: `per_page`, from 1 to 100, and `cursor`, the `next` of the previous page. */
export function pageSchema(list: string, key: CursorKey): PageSchema {
  return z.strictObject({
    per_page: withDefault(wholeNumber(1, 100), 50).describe('items on a page'),
    cursor: cursorSchema(list, key),
  });
}

/** The `cursor` of a list's query, without which the first page is meant. */
export function cursorSchema(list: string, key: CursorKey): z.ZodType<string | undefined> {
  return z
    .string()
    .transform((cursor, context) => {
      const last = readCursor(list, key, cursor);
      if (last !== undefined) return last;
      context.addIssue({
        code: 'custom',
        message: 'is not a cursor of this list; send `next` of its previous page',
      });
      return z.NEVER;
    })
    .optional()
    .describe('`next` of the previous page');
}

/** The schema of a page of items. */
export function listOf<Item extends z.ZodType>(item: Item): z.ZodType<ListDto<z.output<Item>>> {
  return z.strictObject({ items: z.array(item), next: z.string().nullable() });
}

/** Converts rows to a page. The caller selects one row more than `perPage`, which shows whether there is a next page. */
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

/** Converts a page of a library to a page of the API. `next` is the key of its last row if there are more. */
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
