import { printResult, type OutputOptions } from './output';

/** Options of commands that print a list. */
export interface ListOptions extends OutputOptions {
  /** All rows if undefined. */
  readonly limit?: number;
}

/** A list that is read page by page, and how it is printed. */
export interface Listing<Row> {
  /** Reads at most `limit` rows that follow a row; the first ones without it. */
  readonly read: (after: Row | undefined, limit: number) => Promise<readonly Row[]>;
  readonly toJson: (row: Row) => object;
  readonly toText: (row: Row) => string;
  /** The text for an empty list. */
  readonly none: string;
}

const pageSize = 500;

/** Prints a list: text page by page, so that its length costs no memory; with `--json` one array. */
export async function printList<Row>(options: ListOptions, listing: Listing<Row>): Promise<void> {
  const collected: object[] = [];
  let count = 0;
  let last: Row | undefined;
  for (;;) {
    const limit = Math.min(pageSize, (options.limit ?? Infinity) - count);
    const rows = limit > 0 ? await listing.read(last, limit) : [];
    count += rows.length;
    last = rows.at(-1);
    if (options.json) collected.push(...rows.map(listing.toJson));
    else if (rows.length > 0) printResult(options, rows, rows.map(listing.toText));
    if (rows.length < limit || limit <= 0) break;
  }
  if (options.json || count === 0) printResult(options, collected, listing.none);
}
