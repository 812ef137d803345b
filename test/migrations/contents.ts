import type { Client } from 'pg';

/** A row: its columns as text, so that no number loses digits. */
export type Row = Readonly<Record<string, string | null>>;

/** Rows and sequences of a database, except its list of migrations. Tables outside `public` are named with their schema. */
export interface Contents {
  readonly tables: Readonly<Record<string, readonly Row[]>>;
  /** The last value of each sequence. */
  readonly sequences: Readonly<Record<string, string | null>>;
}

const ownTables = `schemaname !~ '^(pg_|information_schema$)' and tablename not in ('schema_migration', 'migrations')`;

/** Reads every row of every table. */
export async function readContents(client: Client): Promise<Contents> {
  const { rows: tables } = await client.query<{ name: string }>(
    `select case schemaname when 'public' then '' else schemaname || '.' end || tablename as name
       from pg_tables where ${ownTables} order by 1`,
  );
  const contents: Record<string, readonly Row[]> = {};
  for (const { name } of tables) {
    const { rows } = await client.query<{ row: Row }>(
      `select (select json_object_agg(key, value) from jsonb_each_text(to_jsonb(one))) as row from ${name} as one`,
    );
    contents[name] = sorted(rows.map(({ row }) => row));
  }
  const { rows: sequences } = await client.query<{ name: string; value: string | null }>(
    `select sequencename as name, last_value::text as value from pg_sequences
      where sequencename <> 'schema_migration_id_seq'`,
  );
  return {
    tables: contents,
    sequences: Object.fromEntries(sequences.map(({ name, value }) => [name, value])),
  };
}

/** Tables without a row, columns that are null in every row, and values that a check allows and no row has. */
export async function unfilled(client: Client, { tables }: Contents): Promise<string[]> {
  const missing: string[] = [];
  for (const [name, rows] of Object.entries(tables)) {
    if (rows.length === 0) missing.push(name);
    for (const column of Object.keys(rows[0] ?? {})) {
      if (rows.every((row) => row[column] === null)) missing.push(`${name}.${column}`);
    }
  }
  const { rows: checks } = await client.query<{ name: string; column: string; definition: string }>(
    `select conrelid::regclass::text as name, attname as column, pg_get_constraintdef(pg_constraint.oid) as definition
       from pg_constraint join pg_attribute on attrelid = conrelid and attnum = conkey[1]
      where contype = 'c' and cardinality(conkey) = 1 and connamespace = 'public'::regnamespace`,
  );
  for (const { name, column, definition } of checks) {
    const list = /= ANY \(ARRAY\[(.*)\]\)/.exec(definition)?.[1] ?? '';
    const values = [...list.matchAll(/'([^']*)'/g)].map(([, value]) => value);
    for (const value of values) {
      if (!tables[name]?.some((row) => row[column] === value)) missing.push(`${name}.${column} = ${value}`);
    }
  }
  return missing;
}

/** Contents with other names, by former name: of tables, of sequences, and of columns per table's new name. */
export function renamed(
  contents: Contents,
  names: {
    readonly tables?: Readonly<Record<string, string>>;
    readonly sequences?: Readonly<Record<string, string>>;
    readonly columns?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  },
): Contents {
  const tables = renameKeys(contents.tables, names.tables);
  return {
    tables: Object.fromEntries(
      Object.entries(tables).map(([table, rows]) => [
        table,
        sorted(rows.map((row) => renameKeys(row, names.columns?.[table]))),
      ]),
    ),
    sequences: renameKeys(contents.sequences, names.sequences),
  };
}

/** Contents with the rows of some tables changed. */
export function changed(
  contents: Contents,
  change: Readonly<Record<string, (rows: readonly Row[]) => readonly Row[]>>,
): Contents {
  const tables = Object.entries(contents.tables).map(([table, rows]) => [
    table,
    sorted(change[table]?.(rows) ?? rows),
  ]);
  return { ...contents, tables: Object.fromEntries(tables) };
}

/** JSON as PostgreSQL writes `jsonb`: shorter keys first. */
export function jsonbText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(jsonbText).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).sort(([a], [b]) => a.length - b.length || (a < b ? -1 : 1));
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}: ${jsonbText(field)}`).join(', ')}}`;
}

function renameKeys<T>(
  values: Readonly<Record<string, T>>,
  names: Readonly<Record<string, string>> = {},
): Record<string, T> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [names[name] ?? name, value]));
}

// Columns too: PostgreSQL lists them by the length of their names.
function sorted(rows: readonly Row[]): Row[] {
  const texts = rows.map((row) =>
    JSON.stringify(Object.fromEntries(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)))),
  );
  return texts.sort().map((text) => JSON.parse(text) as Row);
}
