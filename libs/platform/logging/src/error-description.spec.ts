import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import { DatabaseError } from 'pg';
import { QueryFailedError } from 'typeorm';
import { describeError, summarizeError } from './error-description';

const canary = 'canary-7Qx';

/** An error as pg creates it, with the row in its detail. */
function databaseError(code: string, message: string, fields: Partial<DatabaseError> = {}): DatabaseError {
  const error = new DatabaseError(message, 0, 'error');
  return Object.assign(error, {
    severity: 'ERROR',
    code,
    detail: `Failing row contains (1, ${canary}).`,
    hint: canary,
    where: `unnamed portal parameter $1 = '${canary}'`,
    internalQuery: `select '${canary}'`,
    ...fields,
  });
}

describe('the description of an error', () => {
  it.each([
    [
      '23505',
      'duplicate key value violates unique constraint "account_name_key"',
      'duplicate key value violates unique constraint "account_name_key"',
    ],
    ['22P02', `invalid input syntax for type uuid: "${canary}"`, 'invalid input syntax for type uuid'],
    [
      '22003',
      `value "${canary}"1" is out of range for type integer`,
      'value "…" is out of range for type integer',
    ],
    ['22008', `date/time field value out of range: "${canary}"`, 'date/time field value out of range'],
    ['22021', 'invalid byte sequence for encoding "UTF8": 0x00', 'invalid byte sequence for encoding "…"'],
    ['22P02', `ungültige Eingabesyntax für Typ uuid: »${canary}«`, 'ungültige Eingabesyntax für Typ uuid'],
    ['42601', `syntax error in tsquery: "${canary} &"`, 'syntax error in tsquery'],
    ['42P01', 'relation "account" does not exist', 'relation "account" does not exist'],
  ])('of SQLSTATE %s has no value', (code, message, expected) => {
    const query = `insert into account values ('${canary}')`;
    const error = new QueryFailedError(
      query,
      [canary],
      databaseError(code, message, { constraint: 'x_check' }),
    );
    const description = describeError(error);
    assert.deepEqual(
      { ...description, stack: undefined },
      {
        type: 'QueryFailedError',
        message: expected,
        sqlState: code,
        constraint: 'x_check',
        stack: undefined,
      },
    );
    assert.match(description.stack!, /error-description\.spec/);
    assert.ok(!JSON.stringify(description).includes(canary), JSON.stringify(description));
    assert.equal(
      summarizeError(error),
      `QueryFailedError: ${expected} (SQLSTATE ${code}, constraint x_check)`,
    );
  });

  it('has no text that a trigger raises', () => {
    const raised = databaseError('23514', `name ${canary} is reserved`, { routine: 'exec_stmt_raise' });
    assert.equal(describeError(raised).message, 'raised by a function of the database');
  });

  it.each([
    ['JSON', () => JSON.parse(`{"a":"${canary}"`) as unknown],
    ['a cut JSON', () => JSON.parse(`${canary}`) as unknown],
    ['a URL', () => new URL(`http//${canary}`)],
    ['a request', () => new Request(`http://user:${canary}@localhost/`)],
    [
      'an entity',
      () => {
        throw new Error(`Could not find any entity of type "Account" matching: {"email":"${canary}"}`);
      },
    ],
    [
      'an address',
      () => {
        throw new Error(`no mail to ${canary}@example.org`);
      },
    ],
    [
      'lines that look like frames',
      () => {
        throw new Error(`broken\n    at ${canary} (/x.js:1:1)\n    at b (/x.js:1:1)`);
      },
    ],
    [
      'a text',
      () => {
        // eslint-disable-next-line @typescript-eslint/only-throw-error
        throw canary;
      },
    ],
    [
      'a code and a constraint that are none',
      () => {
        throw Object.assign(new Error('x'), { code: canary, constraint: `(${canary})`, name: `N ${canary}` });
      },
    ],
  ])('of what fails on %s has no value', (_, work) => {
    let thrown: unknown;
    try {
      work();
    } catch (error) {
      thrown = error;
    }
    const text = JSON.stringify(describeError(thrown));
    assert.ok(text.length > 20 && !text.includes(canary), text);
  });

  it('includes its causes, and the errors of an aggregate', () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED' });
    const { cause } = describeError(new Error('outer', { cause: refused }));
    assert.deepEqual([cause?.code, cause?.message], ['ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:1']);
    const { errors } = describeError(new AggregateError([refused], ''));
    assert.deepEqual(
      errors?.map(({ code }) => code),
      ['ECONNREFUSED'],
    );
    const cyclic = new Error('cyclic');
    cyclic.cause = cyclic;
    assert.ok(JSON.stringify(describeError(cyclic)).length < 20_000);
  });
});
