import assert from 'node:assert/strict';
import { it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const libs = join(__dirname, '..', '..', '..', 'libs');
// Copied, because core modules create arrays of another realm.
const files = [...readdirSync(libs, { recursive: true, encoding: 'utf8' })]
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'))
  .map((file) => ({ file, text: readFileSync(join(libs, file), 'utf8') }));

it('every JSON column has the transformer that makes its texts storable', () => {
  const columns = files.flatMap(({ file, text }) =>
    [...text.matchAll(/@Column\('jsonb?'[^]*?\)\n/g)].map(([column]) => ({ file, column })),
  );
  assert.ok(columns.length >= 5, `${columns.length} columns`);
  assert.deepEqual(
    columns.filter(({ column }) => !column.includes('transformer: storableJson')).map(({ file }) => file),
    [],
  );
});

it('JSON in values of statements is written by toStorableJson', () => {
  // Values that are an argument of a query, or in the list that becomes it.
  const values =
    /(?:query|queryOne|execute|runQuery)\([^;]*JSON\.stringify|values\w* = \[[^\]]*JSON\.stringify/;
  const wrong = files.filter(({ text }) => values.test(text)).map(({ file }) => file);
  assert.deepEqual(wrong, []);
});
