import { Query } from '@central-index/platform/database';
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { QueryTypes, type RowType } from './query-types';
import { sourceFiles } from './source-files';
import { statementBuilders, unconverted } from './sql-files';
import { containsSql } from './sql-text';
import { StatementProbe, type Column } from './statement-probe';

const load = createRequire(__filename);
const compiled = join(__dirname, '..', '..');
const isSpec = /\.(spec|contract)\.ts$/;

interface NamedQuery {
  readonly name: string;
  readonly query: Query<unknown>;
}

describe('queries', () => {
  const product = sourceFiles().filter(({ path }) => /^(apps|libs)\//.test(path));
  const paths = product.map(({ path }) => path).filter((path) => path.endsWith('.queries.ts'));
  let types: QueryTypes;
  let files: ReturnType<QueryTypes['read']>;
  let database: TestDatabase;
  let probe: StatementProbe;
  beforeAll(async () => {
    types = new QueryTypes(paths);
    files = types.read();
    database = await createTestDatabase();
    probe = new StatementProbe(database.url);
    await probe.open();
  });
  afterAll(async () => {
    await probe?.close();
    await database?.drop();
  });

  it('are found in the product (a test of the test)', () => {
    assert.ok(paths.includes('libs/platform/database/src/database.queries.ts'));
    assert.ok(files.get('libs/platform/database/src/database.queries.ts')!.rows.has('selectServerVersion'));
  });

  it('share their files only with row types and fragments', () => {
    const wrong = [...files].flatMap(([path, { unexpected }]) =>
      unexpected.map((declaration) => `${path}: ${declaration}`),
    );
    assert.deepEqual(
      wrong,
      [],
      'neither a row type, nor an exported query or query with samples, nor a fragment',
    );
  });

  it('are accepted by PostgreSQL and return the columns of their row types', async () => {
    const wrong: string[] = [];
    for (const [path, { rows }] of files) {
      for (const { name, query } of exportedQueries(path)) {
        const columns = await probe.columns(query.text).catch((error: Error) => error.message);
        const row = rows.get(name);
        const found =
          typeof columns === 'string'
            ? [columns]
            : row === undefined
              ? ['has no row type that the test can read']
              : differences(types, row, columns);
        wrong.push(...found.map((difference) => `${path}: ${name}: ${difference}`));
      }
    }
    assert.deepEqual(wrong, []);
  });

  it('contain all SQL of the product but that of the listed files', () => {
    const found = product
      .filter(({ path }) => !path.endsWith('.queries.ts') && !isSpec.test(path))
      .filter(containsSql)
      .map(({ path }) => path);
    const listed = [...Object.keys(statementBuilders), ...unconverted];
    assert.deepEqual(
      found.filter((path) => !listed.includes(path)),
      [],
      'SQL belongs in *.queries.ts files',
    );
    assert.deepEqual(
      listed.filter((path) => !found.includes(path)),
      [],
      'these contain no SQL: remove them from the list',
    );
  });
});

function exportedQueries(path: string): NamedQuery[] {
  const module = load(join(compiled, path.replace(/\.ts$/, '.js'))) as Record<string, unknown>;
  const queries: NamedQuery[] = [];
  const collect = (name: string, value: unknown): void => {
    if (value instanceof Query) queries.push({ name, query: value as Query<unknown> });
    else if (typeof value === 'function') {
      const { samples = [] } = value as { samples?: readonly unknown[][] };
      const build = value as (...args: unknown[]) => unknown;
      for (const sample of samples) collect(name, build(...sample));
    } else if (Array.isArray(value)) {
      for (const one of value) collect(name, one);
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, one] of Object.entries(value)) collect(`${name}.${key}`, one);
    }
  };
  for (const [name, value] of Object.entries(module)) collect(name, value);
  return queries;
}

function differences(types: QueryTypes, row: RowType, columns: readonly Column[]): string[] {
  if (row.isUnread) return [];
  const names = columns.map(({ name }) => name);
  return [
    ...names.filter((name, index) => names.indexOf(name) !== index).map((name) => `returns ${name} twice`),
    ...row.columns
      .filter(({ name, isOptional }) => !isOptional && !names.includes(name))
      .map(({ name }) => `the row type's ${name} is not returned`),
    ...columns.flatMap(({ name, typeName, sample }) => {
      const declared = row.columns.find((column) => column.name === name);
      if (declared === undefined) return [`returns ${name}, which the row type does not have`];
      if (types.accepts(declared.type, sample)) return [];
      return [`${name} is ${typeName} and cannot be read as ${types.describe(declared.type)}`];
    }),
  ];
}
