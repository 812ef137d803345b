import { createHash } from 'node:crypto';
import type { ClientBase, Pool, QueryResult } from 'pg';

/**
 * One SQL statement and the type of its rows. Queries are exported by `*.queries.ts` files only, where
 * test/architecture/queries.spec.ts compares `Row` with the columns that PostgreSQL reports.
 */
export class Query<Row> {
  /** Never set: it makes the type of the rows a part of the query's type. */
  declare readonly row: Row;
  private hash: string | undefined;

  constructor(
    readonly text: string,
    readonly isPrepared: boolean,
  ) {}

  /** The name of the prepared statement: the same for the same text in every process. */
  get statementName(): string {
    return (this.hash ??= createHash('sha256').update(this.text).digest('base64url'));
  }
}

/** A query whose text is assembled, and sample arguments with which the queries test prepares its variants. */
export interface QueryFactory<Args extends readonly unknown[], Row> {
  (...args: Args): Query<Row>;
  readonly samples: readonly Args[];
}

/**
 * A statement that the server plans for each execution. Values are bound as `$1`, `$2`; only SQL fragments and
 * constants are interpolated. Without a row type, the rows are not read: use `Database.execute`.
 */
export function sql<Row extends object = never>(text: string): Query<Row> {
  return new Query<Row>(text, false);
}

/**
 * A statement that runs often: each connection parses it once, and outside transactions plans it once for all values.
 * Limits are therefore bound too where they vary, and the best plan must not depend on the values.
 */
export function preparedSql<Row extends object = never>(text: string): Query<Row> {
  return new Query<Row>(text, true);
}

/** Declares a statement whose text depends on arguments: at least one sample for each variant of the text. */
export function withSamples<Args extends unknown[], Row>(
  build: (...args: Args) => Query<Row>,
  ...samples: [NoInfer<Args>, ...NoInfer<Args>[]]
): QueryFactory<Args, Row> {
  return Object.assign((...args: Args) => build(...args), { samples });
}

/** Runs a query on a connection that TypeORM does not manage, such as the job queue's. */
export async function runQuery<Row>(
  client: ClientBase | Pool,
  query: Query<Row>,
  values: readonly unknown[] = [],
): Promise<{ readonly rows: Row[]; readonly rowCount: number }> {
  const { text, isPrepared } = query;
  const result: QueryResult = await client.query({
    ...(isPrepared && { name: query.statementName }),
    text,
    values: [...values],
  });
  return { rows: result.rows as Row[], rowCount: result.rowCount ?? 0 };
}
