import { nameSkeleton } from '@central-index/naming';
import { Database, sql } from '@central-index/platform/database';
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { IndexUnderTest } from '../support/index-under-test';
import { createAdministrator } from '../support/users';

describe('names', () => {
  let index: IndexUnderTest;
  let database: Database;
  beforeAll(async () => {
    index = await IndexUnderTest.start({ RATE_LIMITS: 'off' });
    database = index.app.get(Database, { strict: false });
  });
  afterAll(() => index.stop());

  const signUp = (username: string, password = 'correct horse staple') =>
    index.anonymous.post('/api/v1/users', { username, email: 'x@example.org', password });

  it('have the same skeleton in SQL as in TypeScript', async () => {
    const name = fc.oneof(
      fc.string({ unit: fc.constantFrom(...'il1o0rnmvws5b8-_.aA') }),
      fc.string({ unit: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz0123456789-_.') }),
    );
    const names = fc.sample(name, 5_000);
    const rows = await database.query(
      sql<{ name: string; skeleton: string }>(
        'select name, name_skeleton(name) as skeleton from unnest($1::text[]) as t(name)',
      ),
      [names],
    );
    assert.equal(rows.length, names.length);
    for (const row of rows) assert.equal(row.skeleton, nameSkeleton(row.name), row.name);
  });

  it('that look alike are given to one of 50 concurrent sign-ups', async () => {
    const letters = [
      ['i', 'l', '1'],
      ['o', '0'],
      ['m', 'rn'],
      ['w', 'vv'],
      ['s', '5'],
      ['b', '8'],
      ['', '_'],
      ['x'],
    ];
    const spellings = letters.reduce<string[]>(
      (prefixes, next) => prefixes.flatMap((a) => next.map((b) => a + b)),
      ['q'],
    );
    const lookalikes = spellings.slice(0, 50);
    assert.equal(new Set(lookalikes.map(nameSkeleton)).size, 1);
    const responses = await Promise.all(lookalikes.map((name) => signUp(name)));
    const statuses = responses.map(({ status }) => status).sort();
    assert.deepEqual(statuses, [201, ...Array<number>(49).fill(409)]);
    assert.ok(responses.every(({ status, json }) => status === 201 || json.errors[0].code === 'NAME_TAKEN'));
    const [accounts] = await database.query(
      sql<{ n: number }>(`select count(*)::integer as n from account where name_skeleton(name) = $1`),
      [nameSkeleton(lookalikes[0]!)],
    );
    assert.equal(accounts!.n, 1, 'no account without its namespace');
  });

  it('that equal or resemble an imported namespace are rejected', async () => {
    await database.query(sql(`insert into namespace (name, origin) values ('o11y', 'import')`));
    for (const name of ['o11y', 'olly', 'oi1y']) {
      const response = await signUp(name);
      assert.equal(response.status, 409, name);
      assert.equal(response.json.errors[0].code, 'NAME_TAKEN');
    }
  });

  it('that are reserved are rejected by the database, in any spelling and statement', async () => {
    const reserved = await database.query(sql<{ name: string }>('select name from reserved_name'));
    assert.ok(reserved.length > 100);
    const spellings = reserved.flatMap(({ name }) => [
      name,
      name.toUpperCase(),
      name.split('').join('-'),
      `${name.slice(0, 1)}_${name.slice(1)}`,
      name.replaceAll('o', '0').replaceAll('l', '1'),
    ]);
    await database.query(sql(`insert into account (name) values ('plain')`));
    await database.query(sql(`insert into namespace (name, origin) values ('plain', 'import')`));
    const accepted: string[] = [];
    const statements = [
      'insert into account (name) values ($1)',
      `update account set name = $1 where name = 'plain'`,
      `insert into namespace (name, origin) values ($1, 'sign-up')`,
      `update namespace set name = $1 where name = 'plain'`,
    ];
    for (const statement of statements) {
      for (const name of spellings) {
        await database.query(sql(statement), [name]).then(
          () => accepted.push(`${statement} ${name}`),
          (error: { driverError?: { constraint?: string } }) =>
            assert.match(
              String(error.driverError?.constraint),
              /^(reserved_name|(account|namespace)_(lookalike_key|name_(check|key)))$/,
            ),
        );
      }
    }
    assert.deepEqual(accepted, []);
    // Numbers at the end are numbers.
    assert.equal((await signUp('user5')).status, 201);
    assert.equal((await signUp('admin8')).status, 201);
    for (const name of ['5upport', 'vvebhook', 'web-ma5ter', '8uilder']) {
      assert.equal((await signUp(name)).json.errors[0].code, 'NAME_RESERVED', name);
    }
    const response = await signUp('adm1n');
    assert.deepEqual([response.status, response.json.errors[0].code], [409, 'NAME_RESERVED']);
    await createAdministrator(index, 'operator');
    await assert.rejects(
      database.query(sql(`update account set reserved_name_allowed = false where name = 'operator'`)),
      /reserved/,
    );
  });

  it('that exist return NAME_TAKEN before any other rule is checked', async () => {
    const first = await signUp('first-comer');
    assert.equal(first.status, 201);
    const response = await signUp('first-comer', 'x');
    assert.deepEqual([response.status, response.json.errors[0].code], [409, 'NAME_TAKEN']);
  });
});
