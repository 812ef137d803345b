import { Client, types, type FieldDef, type Submittable } from 'pg';

/** A column that a statement returns. */
export interface Column {
  readonly name: string;
  readonly typeName: string;
  /** A value as pg parses the type; null where that may be anything. */
  readonly sample: unknown;
}

interface TypeRow {
  readonly oid: number;
  readonly name: string;
  /** The text of a value of the type, or of the type of its elements. */
  readonly element: string | null;
}

const day = '2026-01-31 00:00:00+00';
// What is not listed is read as a number would be, where pg has a parser for it, and else stays text.
const sampleTexts: Readonly<Record<string, string>> = {
  bool: 't',
  date: day,
  timestamp: day,
  timestamptz: day,
  bytea: '\\x00',
  interval: '1 day',
};

/** Asks a server what statements return, without executing them. */
export class StatementProbe {
  private readonly client: Client;
  private readonly types = new Map<number, TypeRow>();

  constructor(url: string) {
    this.client = new Client({ connectionString: url });
  }

  /** Connects. */
  async open(): Promise<void> {
    await this.client.connect();
    // EXPLAIN then plans for all values, so that it needs none.
    await this.client.query('set plan_cache_mode = force_generic_plan');
    const { rows } = await this.client.query<TypeRow>(
      `select type.oid, type.typname as name, element.typname as element
         from pg_type as type left join pg_type as element on element.typarray = type.oid`,
    );
    for (const row of rows) this.types.set(Number(row.oid), row);
  }

  /** Disconnects. */
  close(): Promise<void> {
    return this.client.end();
  }

  /** Parses the statement and plans it where the server plans such statements; returns its columns. */
  async columns(text: string): Promise<Column[]> {
    const fields = await this.describe(text);
    if (/^\s*(select|with|insert|update|delete|merge|values)\b/i.test(text)) await this.plan(text);
    return fields.map(({ name, dataTypeID }) => {
      const type = this.types.get(dataTypeID)!;
      return { name, typeName: type.name, sample: sampleOf(type) };
    });
  }

  // EXECUTE has no parameters in the protocol: nulls stand for the values, which a generic plan does not look at.
  private async plan(text: string): Promise<void> {
    const numbers = [...text.matchAll(/\$(\d+)/g)].map(([, number]) => Number(number));
    const nulls = Array.from({ length: Math.max(0, ...numbers) }, () => 'null').join(', ');
    await this.client.query(`prepare probed as ${text}`);
    try {
      await this.client.query(`explain execute probed${nulls && `(${nulls})`}`);
    } finally {
      await this.client.query('deallocate probed');
    }
  }

  private describe(text: string): Promise<FieldDef[]> {
    return new Promise((resolve, reject) => {
      this.client.query(new Description(text, resolve, reject));
    });
  }
}

// The extended protocol's Parse and Describe: they work for statements that SQL's PREPARE refuses, too.
class Description implements Submittable {
  private fields: FieldDef[] = [];
  private failure: Error | undefined;

  constructor(
    private readonly text: string,
    private readonly resolve: (fields: FieldDef[]) => void,
    private readonly reject: (error: Error) => void,
  ) {}

  submit(connection: object): void {
    const wire = connection as {
      parse(message: { text: string; types: number[] }): void;
      describe(message: { type: 'S'; name: string }): void;
      sync(): void;
    };
    wire.parse({ text: this.text, types: [] });
    wire.describe({ type: 'S', name: '' });
    wire.sync();
  }

  handleRowDescription({ fields }: { fields: FieldDef[] }): void {
    this.fields = fields;
  }

  handleError(error: Error): void {
    this.failure = error;
    this.reject(error);
  }

  handleReadyForQuery(): void {
    if (this.failure === undefined) this.resolve(this.fields);
  }
}

function sampleOf({ oid, name, element }: TypeRow): unknown {
  if (/^_?jsonb?$/.test(name)) return null;
  const text = sampleTexts[element ?? name] ?? '1';
  return types.getTypeParser(Number(oid))(
    element === null ? text : `{"${text.replace(/\\/g, '\\\\')}"}`,
  ) as unknown;
}
