import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { Pool, type Client } from 'pg';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database';
import { isStorable, toStorable, toStorableJson, toStorableValues } from './storable';
import { StorableClient } from './storable-client';

const unstorable = ['\0', 'a\0b\0', '\ud800', 'a\udfff', '\udc00\ud800', '\0\ud800'];
const storable = ['', 'a', '💥', '\u202e', '\\u0000', '\\\\ud800', '\ufffd', '"'];

describe('text for PostgreSQL', () => {
  let database: TestDatabase;
  let client: Client;
  beforeAll(async () => {
    database = await createTestDatabase();
    client = new StorableClient({ connectionString: database.url });
    await client.connect();
  });
  afterAll(async () => {
    await client.end();
    await database.drop();
  });

  it.each(storable)('is unchanged when it can be stored: %j', async (text) => {
    assert.ok(isStorable(text));
    assert.equal(toStorable(text), text);
    const json = JSON.parse(toStorableJson({ [text]: [text] })) as unknown;
    assert.deepEqual(json, { [text]: [text] });
    const values = [text, [text], 1, null];
    assert.equal(toStorableValues(values), values, 'no copy is made');
    const { rows } = await client.query('select $1::text as text, $2::jsonb as json', [
      text,
      toStorableJson([text]),
    ]);
    assert.deepEqual(rows, [{ text, json: [text] }]);
  });

  it.each(unstorable)('is stored with U+FFFD in place of what cannot be: %j', async (text) => {
    assert.ok(!isStorable(text));
    const expected = toStorable(text);
    assert.match(expected, /\ufffd/);
    assert.equal(expected.length, text.length);
    const json = toStorableJson({ [text]: { deep: [text, `\\u0000${text}`] } });
    const named = 'select $1::text as text, $2::text[] as list, $3::jsonb as json';
    const values = [text, [text, [text]].flat(), json];
    const expectedRow = {
      text: expected,
      list: [expected, expected],
      json: { [expected]: { deep: [expected, `\\u0000${expected}`] } },
    };
    assert.deepEqual((await client.query(named, values)).rows, [expectedRow]);
    assert.deepEqual((await client.query({ text: named, values, name: 'named' })).rows, [expectedRow]);
    const pool = new Pool({ connectionString: database.url, Client: StorableClient });
    // Its end does not wait for the server's, which may report that the database is dropped.
    pool.on('error', () => undefined);
    assert.deepEqual((await pool.query(named, values)).rows, [expectedRow]);
    await pool.end();
  });
});
