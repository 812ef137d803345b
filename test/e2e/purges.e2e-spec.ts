import { Purges } from '@central-index/platform/jobs';
import { Database, sql } from '@central-index/platform/database';
import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { frequentPurges, keptTables, nightlyPurges } from '../../apps/worker/src/purges';
import { Client } from 'pg';
import { IndexUnderTest } from '../support/index-under-test';

// Of each table an expired row that must go, and one that must stay.
const fill = `
  insert into access_token (account_id, label, secret_hash, permissions, repositories, expires_at, revoked_at)
    select id, label, label::bytea, '{pull}', '{*/*}', expires_at::timestamptz, revoked_at::timestamptz from account, (values
      ('expired long ago', now() - interval '91 days', null), ('revoked', null, now()),
      ('kept 1', now() - interval '89 days', null), ('kept 2', null, null)) as t(label, expires_at, revoked_at)
    where name = 'alice';
  insert into refresh_token (account_id, secret_hash, service, client, address, expires_at)
    select id, days::text::bytea, 'reg', 'docker', '', now() + make_interval(days => days) from account, (values (-1), (1)) as t(days)
    where name = 'alice';
  insert into session (account_id, secret_hash, last_seen_at, expires_at)
    select id, number::text::bytea, now() - make_interval(days => idle), now() + make_interval(days => days)
      from account, (values (1, 0, -1), (2, 3, 9), (3, 1, 9)) as t(number, idle, days) where name = 'alice';
  insert into form_response (key, created_at) values ('1', now() - interval '61 minutes'), ('2', now() - interval '59 minutes');
  insert into invite (secret_hash, created_by, expires_at) values
    ('1', 'olga', now() - interval '31 days'), ('2', 'olga', now() - interval '29 days');
  insert into password_failure (name, consecutive, last_at) values
    ('alice', 100, now() - interval '1 year'), ('absent', 100, now() - interval '31 days'), ('absent2', 1, now());
  insert into password_reset (account_id, secret_hash, password_changed_at, created_by, expires_at)
    select id, name::bytea, password_changed_at, ':cli', now() + case name when 'alice' then interval '-1 s' else interval '1 hour' end
      from account where name in ('alice', 'bob');
  insert into sign_in_address (account_id, address, last_success_at)
    select id, days::text, now() - make_interval(days => days) from account, (values (31), (29)) as t(days) where name = 'alice';
  insert into rate_limit (key, points, expire) values
    ('old', 1, extract(epoch from now()) * 1000 - 1000), ('new', 1, extract(epoch from now()) * 1000 + 600000), ('none', 1, null);
  insert into operation (kind, request, state, requested_by, finished_at) values
    ('adopt', '{}', 'failed', 'olga', now() - interval '91 days'), ('adopt', '{}', 'failed', 'olga', now() - interval '89 days'),
    ('adopt', '{}', 'pending', 'olga', null);
  insert into push_grant (repository_id, account_id, granted_at)
    select repository.id, account.id, now() - case account.name when 'alice' then interval '31 days' else interval '1 day' end
      from repository, account where account.name in ('alice', 'bob');
  insert into star (account_id, repository_id) select account.id, repository.id from account, repository where account.name in ('bob', 'carol');
  update repository set stars = 2;
  update account set disabled_at = now(), deleted_at = now() where name = 'carol';`;

const expected: Readonly<Record<string, readonly [purged: number, left: number]>> = {
  access_token: [2, 2],
  form_response: [1, 1],
  invite: [1, 1],
  operation: [1, 2],
  password_failure: [1, 2],
  password_reset: [1, 1],
  push_grant: [1, 1],
  rate_limit: [1, 2],
  refresh_token: [1, 1],
  session: [2, 1],
  sign_in_address: [1, 1],
  star: [1, 1],
};

describe('purges', () => {
  let index: IndexUnderTest;
  beforeAll(async () => {
    index = await IndexUnderTest.start({ RATE_LIMITS: 'off' });
    const [alice] = await Promise.all(['alice', 'bob', 'carol'].map((name) => index.signUp(name)));
    await alice!.post('/api/v1/namespaces/alice/repositories', { name: 'app' });
    const client = new Client({ connectionString: index.database.url });
    await client.connect();
    await client.query(
      'truncate session, refresh_token, access_token, password_failure, sign_in_address, rate_limit',
    );
    await client.query(fill);
    await client.end();
  });
  afterAll(() => index.stop());

  const query = <T extends object>(text: string): Promise<T[]> =>
    index.app.get(Database, { strict: false }).query(sql<T>(text));

  it('exist for every table, or a reason why its rows stay', async () => {
    const tables = await query<{ name: string }>(
      `select tablename as name from pg_tables where schemaname = 'public' order by 1`,
    );
    const purged = [...Object.keys(nightlyPurges(index.app)), ...Object.keys(frequentPurges(index.app))];
    assert.deepEqual(
      [...purged, ...Object.keys(keptTables)].sort(),
      tables.map(({ name }) => name),
    );
  });

  it('delete what has expired and nothing else, and count it in metrics', async () => {
    assert.match(await index.metrics(), /central_index_purged_rows_total\{table="session"\} 0/);
    const purges = index.app.get(Purges, { strict: false });
    await purges.run(nightlyPurges(index.app));
    // A second run finds nothing.
    await purges.run(nightlyPurges(index.app));
    const text = await index.metrics();
    for (const [table, [purged, left]] of Object.entries(expected)) {
      const [row] = await query<{ n: number }>(`select count(*)::integer as n from ${table}`);
      const counted = new RegExp(`central_index_purged_rows_total\\{table="${table}"\\} (\\d+)`).exec(
        text,
      )?.[1];
      assert.deepEqual([table, counted, row!.n], [table, String(purged), left]);
    }
    assert.match(
      text,
      /central_index_purge_last_run_timestamp_seconds\{table="session"\} 1[.\d]+e\+9|table="session"\} \d{10}/,
    );
    assert.equal((await index.anonymous.get('/api/v1/repositories/alice/app')).json.stars, 1);
  });

  it('go on when one fails, and report the failure', async () => {
    const ran: string[] = [];
    const purges = index.app.get(Purges, { strict: false });
    const failing = purges.run({
      session: () => Promise.reject(new Error('no such table')),
      star: () => Promise.resolve(Number(ran.push('star'))),
    });
    await assert.rejects(failing, /no such table/);
    assert.deepEqual(ran, ['star']);
  });
});
