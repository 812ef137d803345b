import { databaseOptions, migrate } from '@central-index/platform/database';
import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { Client, type QueryResultRow } from 'pg';
import { DataSource } from 'typeorm';
import { migrations } from '../../migrations';
import { RenameByVocabulary1764000020000 as Renaming } from '../../migrations/1764000020000-rename-by-vocabulary';
import { createEmptyDatabase, type TestDatabase } from '../support/database';

const earlier = migrations.slice(0, migrations.indexOf(Renaming));
const upToIt = [...earlier, Renaming];

const formerNames = [
  'waiting_fact|identity_token|known_address|errand|sweep|tag_removal|visitor|visits|mirror|tell_|note_search',
  'hold_lookalike|raise_repository|stored_at|asked_at|noted_at|removed|failure|built_to|checked_to|checked_whole',
  'registry_event_waiting|[.]counted$|[.]since$|[.]ids$|[.]actor$|\\mplace\\M|\\mrest\\M',
].join('|');

// Failed passwords and the actors of audit events keep their names.
const keptNames = '^(password_failure|audit_event)';

describe('RenameByVocabulary', () => {
  let database: TestDatabase;
  let client: Client;

  beforeAll(async () => {
    database = await createEmptyDatabase();
    await migrate(database.url, upToIt);
    client = new Client({ connectionString: database.url });
    await client.connect();
  });

  afterAll(async () => {
    await client.end();
    await database.drop();
  });

  const read = async <T extends QueryResultRow>(sql: string, values: unknown[] = []): Promise<T[]> =>
    (await client.query<T>(sql, values)).rows;

  it('leaves no former name', async () => {
    const left = await read(
      `with known as (
         select relname::text as name from pg_class where relnamespace = 'public'::regnamespace
         union all select attrelid::regclass || '.' || attname from pg_attribute join pg_class on pg_class.oid = attrelid
          where relnamespace = 'public'::regnamespace and relkind = 'r'
         union all select conname from pg_constraint where connamespace = 'public'::regnamespace
         union all select tgname from pg_trigger where not tgisinternal
         union all select proname from pg_proc where pronamespace = 'public'::regnamespace
         union all select prosrc from pg_proc where pronamespace = 'public'::regnamespace
         union all select pg_get_constraintdef(oid) from pg_constraint where connamespace = 'public'::regnamespace
       ) select name from known where name ~ $1 and name !~ $2`,
      [formerNames, keptNames],
    );
    assert.deepEqual(left, []);
  });

  it('gives constraints, indexes and sequences the names that PostgreSQL gives them', async () => {
    const wrong = await read(
      `select conname as name from pg_constraint join pg_class on pg_class.oid = conrelid
        where connamespace = 'public'::regnamespace and not starts_with(conname, relname || '_')
       union all
       select conname from pg_constraint join pg_class on pg_class.oid = conrelid
              join pg_attribute on attrelid = conrelid and attnum = conkey[1]
        where connamespace = 'public'::regnamespace and contype = 'n' and conname <> relname || '_' || attname || '_not_null'
       union all
       select indexname from pg_indexes where schemaname = 'public' and not starts_with(indexname, tablename || '_')
          and tablename <> 'schema_migration'
       union all
       select table_name || '.' || column_name from information_schema.columns
        where table_schema = 'public' and is_identity = 'YES'
          and pg_get_serial_sequence(table_name, column_name) <> format('public.%s_%s_seq', table_name, column_name)`,
    );
    assert.deepEqual(wrong, []);
  });

  it('allows running operations', async () => {
    const insert = (state: string): Promise<unknown> =>
      read(`insert into operation (kind, request, state, requested_by) values ('move', '{}', $1, 'admin')`, [
        state,
      ]);
    for (const state of ['pending', 'running', 'succeeded', 'failed']) await insert(state);
    for (const state of ['waiting', 'done']) {
      await assert.rejects(insert(state), { constraint: 'operation_state_check' });
    }
    await read('delete from operation');
  });

  it('keeps triggers working', async () => {
    for (const table of ['account', 'access_token', 'registry', 'namespace', 'repository', 'signing_key']) {
      await read(`insert into ${table} overriding system value select * from ${table} where false`);
      await read(`update ${table} set created_at = created_at where false`);
      await read(`delete from ${table} where false`);
    }
    const notices: (string | undefined)[] = [];
    client.on('notification', ({ payload }) => notices.push(payload));
    await read('listen central_index_change');
    await read(`insert into account (name) values ('alice')`);
    await read(`insert into namespace (name, owner_id, origin) values ('alice', 1, 'sign-up')`);
    await assert.rejects(read(`insert into namespace (name, origin) values ('a1ice', 'sign-up')`), {
      constraint: 'namespace_lookalike_key',
    });
    await read(
      `insert into repository (namespace_id, path, name, state) values (2, 'alice/app', 'app', 'active')`,
    );
    await read(`update repository set unique_pulls = 1`);
    await read(`update repository set visibility = 'private'`);
    assert.deepEqual(notices, [
      'account:1',
      'namespace:alice',
      'repository:alice/app',
      'repository:alice/app',
    ]);
    assert.deepEqual(await read('select version from repository'), [{ version: '3' }]);
  });

  it('keeps postings and the outbox in step with search documents', async () => {
    await read('insert into search_replica (id) values (1)');
    await read(
      `insert into search_document values (1, 5, 1, 0, now(), 0, false, false, false, 'alice', 'app', '', '{1,2}')`,
    );
    const state = async (): Promise<unknown[]> => [
      await read('select term, rank_key from search_posting order by 1'),
      await read('select change::int from search_outbox'),
    ];
    const posted = (rank_key: string): unknown[] => ['1', '2'].map((term) => ({ term, rank_key }));
    assert.deepEqual(await state(), [posted('5'), [{ change: 1 }]]);
    await read('update search_document set pulls = 7');
    assert.deepEqual(await state(), [posted('5'), [{ change: 1 }]], 'the replica holds no pulls');
    await read('update search_document set rank_key = 4');
    assert.deepEqual(await state(), [posted('4'), [{ change: 2 }]]);
    await read('delete from search_document');
    assert.deepEqual(await state(), [[], [{ change: 3 }]]);
    const [definition] = await read<{ config: string[] }>(
      `select proconfig as config from pg_proc where proname = 'search_document_post'`,
    );
    assert.deepEqual(definition!.config, ['enable_hashjoin=off', 'enable_mergejoin=off']);
  });

  it('refuses older code', async () => {
    const rows = await read('select oldest_code from schema_requirement');
    assert.deepEqual(rows, [{ oldest_code: '1764000020000' }]);
  });
});

describe('RenameByVocabulary of jobs', () => {
  let database: TestDatabase;
  let client: Client;

  const start = async (): Promise<void> => {
    database = await createEmptyDatabase();
    await migrate(database.url, earlier);
    client = new Client({ connectionString: database.url });
    await client.connect();
  };

  const stop = async (): Promise<void> => {
    await client.end();
    await database.drop();
  };

  it('merges jobs that exist under both names', async () => {
    await start();
    try {
      const add = (task: string, key: string | null, queue: string | null, at: string): Promise<unknown> =>
        client.query(`select graphile_worker.add_job($1, '{}', $3, $4, 25, $2)`, [task, key, queue, at]);
      // Both pending; old name running; new name running; no key.
      for (const [id, at] of [
        [1, '2026-01-02Z'],
        [2, '2026-01-03Z'],
        [3, '2026-01-04Z'],
      ] as const) {
        await add('errand.asked', `errand.asked:errandId=${id}`, 'errands', at);
        await add(
          'operation.requested',
          `operation.requested:operationId=${id}`,
          'operations',
          '2026-02-02Z',
        );
      }
      await add('logins.forget', null, null, '2026-01-05Z');
      await client.query(
        `update graphile_worker._private_jobs set locked_at = now()
          where key in ('errand.asked:errandId=2', 'operation.requested:operationId=3');
         insert into graphile_worker._private_known_crontabs values
           ('logins.forget', '2026-01-01Z', '2026-01-09Z'), ('refresh-tokens.purge', '2026-01-05Z', null)`,
      );
      await migrate(database.url, upToIt);
      const { rows: jobs } = await client.query(
        `select identifier, queue_name as queue, key, to_char(run_at at time zone 'UTC', 'MM-DD') as at, job.locked_at is not null as running
           from graphile_worker._private_jobs as job join graphile_worker._private_tasks as task on task.id = task_id
                left join graphile_worker._private_job_queues as queue on queue.id = job_queue_id order by run_at, key`,
      );
      const operation = { identifier: 'operation.requested', queue: 'operations' };
      const key = (id: number): string => `operation.requested:operationId=${id}`;
      assert.deepEqual(jobs, [
        { ...operation, key: key(1), at: '01-02', running: false },
        { ...operation, key: null, at: '01-03', running: true },
        { ...operation, key: key(3), at: '01-04', running: false },
        { identifier: 'refresh-tokens.purge', queue: null, key: null, at: '01-05', running: false },
        { ...operation, key: key(2), at: '02-02', running: false },
        { ...operation, key: null, at: '02-02', running: true },
      ]);
      const { rows: schedules } = await client.query(
        `select identifier, known_since = '2026-01-01Z' and last_execution = '2026-01-09Z' as merged
           from graphile_worker._private_known_crontabs`,
      );
      assert.deepEqual(schedules, [{ identifier: 'refresh-tokens.purge', merged: true }]);
    } finally {
      await stop();
    }
  });

  it('runs without the tables of the job queue', async () => {
    await start();
    const dataSource = new DataSource({ ...databaseOptions(database.url, 'migrate', 1), migrations: upToIt });
    try {
      await client.query('drop schema graphile_worker cascade');
      await dataSource.initialize();
      const ran = await dataSource.runMigrations({ transaction: 'each' });
      assert.deepEqual(
        ran.map(({ name }) => name),
        [Renaming.name],
      );
    } finally {
      if (dataSource.isInitialized) await dataSource.destroy();
      await stop();
    }
  });
});
