import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { Client } from 'pg';
import { ProductProcess, type LogLine } from '../support/child-process';
import { Actor } from '../support/client';
import { createTestDatabase, testSecretKey, type TestDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { freePort } from '../support/free-port';

const program = join(__dirname, '..', '..', 'apps', 'cli', 'src', 'main.js');
const aliceEmail = 'canaryemailzq9@example.org';
const raise = (code: string): string =>
  `raise exception 'refused: %', new.email using errcode = '${code}', detail = new.password_hash`;

// What makes the insert of an account fail, and with which SQLSTATE. The `%` of a trigger is the row of the account.
const constraints: readonly (readonly [string, string])[] = [
  ['23505', 'create unique index induced on account (email)'],
  ['23514', 'alter table account add constraint induced check (email is null) not valid'],
  [
    '23502',
    `alter table account add column induced text not null default ''; alter table account alter induced drop default`,
  ],
];
const functions: readonly (readonly [string, string])[] = [
  ['22001', 'declare short varchar(3); begin short := new.email; end'],
  ['22P02', 'perform new.email::integer'],
  ['22003', 'perform (length(new.email) * 100000)::smallint'],
  ['22008', `perform (left(new.email, 0) || '0000-01-01')::date`],
  ['P0001', `raise exception 'refused: %', new.email using detail = new.password_hash`],
];
const unavailable: readonly (readonly [string, string])[] = [
  ['53100', 'disk full'],
  ['53300', 'too many connections'],
  ['57014', 'statement time-out'],
  ['55P03', 'lock time-out'],
  ['40001', 'transactions in conflict'],
];

describe('errors of the database', () => {
  let database: TestDatabase;
  let client: Client;
  let server: ProductProcess;
  let worker: ProductProcess;
  let anonymous: Actor;
  const canaries: string[] = [aliceEmail];
  beforeAll(async () => {
    database = await createTestDatabase();
    client = new Client({ connectionString: database.url });
    await client.connect();
    const port = await freePort();
    const env = { DATABASE_URL: database.url, PORT: String(port), LOG_LEVEL: 'trace', RATE_LIMITS: 'off' };
    [server, worker] = await Promise.all([
      ProductProcess.start('server', env),
      ProductProcess.start('worker', env),
    ]);
    anonymous = new Actor(`http://127.0.0.1:${port}`);
    assert.equal((await signUp('alice', aliceEmail)).status, 201);
    await client.query(
      `create function induce() returns trigger language plpgsql as 'begin return new; end'`,
    );
    await client.query(
      'create trigger induce before insert on account for each row execute function induce()',
    );
  });
  afterAll(async () => {
    await server.stop();
    await worker.stop();
    await client.end();
    await database.drop();
  });

  const canary = (kind: string): string => {
    const value = `canary${kind}${canaries.length}zq9`;
    canaries.push(value);
    return value;
  };
  const signUp = async (username: string, email = `${canary('email')}@example.org`) => {
    const response = await anonymous.post('/api/v1/users', { username, email, password: canary('password') });
    // An error does not repeat what was sent.
    assert.ok(response.status === 201 || !response.text.includes('canary'), response.text);
    return response;
  };
  const induce = (body: string) =>
    client.query(
      `create or replace function induce() returns trigger language plpgsql as $$begin ${body}; return new; end$$`,
    );
  const restore = async (): Promise<void> => {
    await induce('null');
    await client.query(`drop index if exists induced; alter table account drop constraint if exists induced;
                        alter table account drop column if exists induced`);
  };
  const logged = (from: ProductProcess, test: (line: LogLine) => boolean): LogLine[] =>
    from.lines.filter(test);
  const byRequest = (id: string | undefined) => (line: LogLine) =>
    line.requestId === id && line.err !== undefined;

  it('are logged with their SQLSTATE, and without the values of the row (S38)', async () => {
    const cases: (readonly [string, () => Promise<unknown>])[] = [
      ...constraints.map(([code, ddl]) => [code, () => client.query(ddl)] as const),
      ...functions.map(([code, body]) => [code, () => induce(body)] as const),
      ...unavailable.map(([code]) => [code, () => induce(raise(code))] as const),
    ];
    for (const [n, [sqlState, fail]] of cases.entries()) {
      await fail();
      const { status, headers } = await signUp(`user${n}`, sqlState === '23505' ? aliceEmail : undefined);
      assert.ok(status >= 400, `${sqlState}: ${status}`);
      const lines = await eventually(async () => {
        const found = logged(server, byRequest(headers['x-request-id']));
        assert.equal(found.length, 1, `${sqlState}: ${status}`);
        return found;
      });
      const err = lines[0]!.err as LogLine;
      assert.equal(err.sqlState, sqlState);
      assert.match(String(err.stack), /^ {4}at /);
      if (sqlState.startsWith('23')) assert.match(JSON.stringify(err), /induced/);
      await restore();
    }
    assertNoCanary('server', server.output);
  });

  it('that make it unavailable are logged by cause, once in 10 s, with the first request', async () => {
    for (const [code, cause] of unavailable) {
      await induce(raise(code));
      const responses = await Promise.all(
        Array.from({ length: 5 }, (_, n) => signUp(`x${code.toLowerCase()}${n}`)),
      );
      assert.deepEqual(new Set(responses.map(({ status }) => status)), new Set([503]), code);
      await eventually(async () => {
        const lines = logged(server, (line) => line.cause === cause);
        assert.equal(lines.length, 1, `${cause}: ${lines.length} lines`);
      });
    }
    await restore();
    assertNoCanary('server', server.output);
  });

  it('in jobs are logged and stored without the values of the row', async () => {
    const owner = await anonymous.post('/api/v1/users', {
      username: 'olga',
      email: `${canary('email')}@example.org`,
      password: 'a long password of olga',
    });
    assert.equal(owner.status, 201, owner.text);
    const olga = anonymous.basic('olga', 'a long password of olga');
    await client.query('alter table search_document add constraint induced check (name is null) not valid');
    const created = await olga.post('/api/v1/namespaces/olga/repositories', { name: 'app' });
    assert.equal(created.status, 201, created.text);
    await client.query(`update repository set state = 'active', imported = true where path = 'olga/app'`);
    assert.equal(
      (await olga.patch('/api/v1/repositories/olga/app', { description: canary('description') })).status,
      200,
    );
    const stored = await eventually(async () => {
      const { rows } = await client.query<{ text: string }>(
        'select last_error as text from graphile_worker._private_jobs where last_error is not null',
      );
      assert.notEqual(rows.length, 0);
      return rows.map(({ text }) => text);
    }, 30_000);
    assert.match(stored[0]!, /SQLSTATE 23514, constraint induced/);
    await eventually(async () => {
      const failed = logged(worker, ({ msg }) => msg === 'job failed');
      assert.notEqual(failed.length, 0);
      assert.deepEqual(
        [failed[0]!.task, (failed[0]!.err as LogLine).constraint],
        ['repository.changed', 'induced'],
      );
    });
    assertNoCanary('jobs', stored.join('\n'));
    assertNoCanary('worker', worker.output);
  });

  it('in a command are one line without the values of the row', async () => {
    await induce('perform new.email::integer');
    const email = `${canary('email')}@example.org`;
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      [program, 'admin', 'create', 'root1', '--email', email, '--password-stdin'],
      {
        env: {
          PATH: process.env.PATH,
          DATABASE_URL: database.url,
          SECRET_KEY: testSecretKey,
          LOG_LEVEL: 'trace',
        },
        input: `${canary('password')}\n`,
        encoding: 'utf8',
      },
    );
    await restore();
    assert.equal(status, 1, stderr);
    assert.match(
      stderr,
      /central-index: QueryFailedError: invalid input syntax for type integer \(SQLSTATE 22P02\)/,
    );
    assertNoCanary('command', stdout + stderr);
  });

  function assertNoCanary(sink: string, text: string): void {
    assert.deepEqual(
      canaries.filter((value) => text.includes(value)),
      [],
      sink,
    );
    // The hash of a password, which a row of the account contains.
    assert.ok(!text.includes('$argon2'), sink);
  }
});
