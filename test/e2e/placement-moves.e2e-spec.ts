import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { Client } from 'pg';
import type { Actor } from '../support/client';
import { eventually } from '../support/eventually';
import { IndexUnderTest } from '../support/index-under-test';
import { addOfficial, grantedAccess, markActive, register, requestToken } from '../support/token-fixtures';
import { createAdministrator } from '../support/users';

describe('a push to another registry than the first', () => {
  let index: IndexUnderTest;
  let sql: Client;
  let holder: Client;
  let [alice, bob, olga]: Actor[] = [];
  beforeAll(async () => {
    index = await IndexUnderTest.start({ RATE_LIMITS: 'off' });
    [sql, holder] = [0, 1].map(() => new Client({ connectionString: index.database.url })) as [
      Client,
      Client,
    ];
    await Promise.all([sql.connect(), holder.connect()]);
    [alice, bob] = [await index.signUp('alice'), await index.signUp('bobby')];
    olga = await createAdministrator(index, 'olga');
    for (const name of ['reg', 'other', 'third']) {
      await register(index, { name, url: `http://${name}.example.org` });
    }
  });
  afterAll(async () => {
    await Promise.all([sql?.end(), holder?.end()]);
    await index?.stop();
  });

  const push = (service: string, path: string, caller = alice!): Promise<string> =>
    grantedAccess(caller, service, `repository:${path}:pull,push`);
  const granted = (path: string): string => `${path} pull,push`;
  const details = async (service: string, path: string, caller = alice!): Promise<string> => {
    const refused = await requestToken(caller, service, [`repository:${path}:pull,push`]);
    assert.equal(refused.status, 403);
    return refused.json.details as string;
  };
  const grantOf = `push_grant where repository_id = (select id from repository where path = $1)`;
  /** Lets all tokens for pushes to a repository end. */
  const endTokens = (path: string): Promise<unknown> =>
    sql.query(
      `update push_grant set expires_at = now() - interval '1 second'
        where repository_id = (select id from repository where path = $1)`,
      [path],
    );
  const placementOf = async (path: string): Promise<string | undefined> =>
    (
      await sql.query<{ name: string }>(
        `select registry.name from repository join registry on registry.id = registry_id where path = $1`,
        [path],
      )
    ).rows[0]?.name;
  /** Resolves when that many statements wait for a lock. */
  const waiters = (count: number): Promise<void> =>
    eventually(async () => {
      const { rows } = await sql.query(
        `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      );
      assert.equal(rows.length, count);
    });
  /** Starts the requests one after another while a lock is held, each once its predecessors wait for a lock. */
  const interleaved = async (
    lock: string,
    values: unknown[],
    requests: (() => Promise<string>)[],
  ): Promise<string[]> => {
    await holder.query('begin');
    await holder.query(lock, values);
    const results: Promise<string>[] = [];
    for (const request of requests) {
      results.push(request());
      await waiters(results.length);
    }
    await holder.query('commit');
    return Promise.all(results);
  };

  it('is refused while a token of the first is valid, with the time to wait', async () => {
    assert.equal(await push('reg', 'alice/early'), granted('alice/early'));
    assert.match(
      await details('other', 'alice/early'),
      /push it to reg\.example\.org\/alice\/early, or here in \d minutes/,
    );
    assert.equal(await placementOf('alice/early'), 'reg');
  });

  it('places the name there once that token has ended, and ends it at the first', async () => {
    assert.equal(await push('reg', 'alice/later'), granted('alice/later'));
    await endTokens('alice/later');
    assert.equal(
      await grantedAccess(alice!, 'other', 'repository:alice/later:*'),
      '',
      'not by asking for all',
    );
    assert.equal(await push('other', 'alice/later', bob), '');
    assert.equal(await push('other', 'alice/later', olga), '');
    assert.equal(await grantedAccess(alice!, 'other', 'repository:alice/later:pull'), '');
    assert.equal(await placementOf('alice/later'), 'reg');
    assert.equal(await push('other', 'alice/later'), granted('alice/later'));
    assert.match(await details('reg', 'alice/later'), /other\.example\.org\/alice\/later, or here in/);
    assert.equal((await alice!.get('/api/v1/repositories/alice/later')).json.registry, 'other');
    assert.equal(
      await grantedAccess(index.anonymous, 'other', 'repository:alice/later:pull'),
      'alice/later pull',
    );
  });

  it('is refused again when the first was granted again', async () => {
    assert.equal(await push('reg', 'alice/again'), granted('alice/again'));
    await endTokens('alice/again');
    assert.equal(await push('reg', 'alice/again'), granted('alice/again'));
    assert.match(await details('other', 'alice/again'), /reg\.example\.org/);
  });

  it('never moves a repository with an image, nor against a rule', async () => {
    assert.equal(await push('reg', 'alice/pushed'), granted('alice/pushed'));
    await markActive(index, 'alice/pushed');
    await endTokens('alice/pushed');
    assert.doesNotMatch(await details('other', 'alice/pushed'), /or here/);

    assert.equal(await push('reg', 'alice/ruled'), granted('alice/ruled'));
    await endTokens('alice/ruled');
    await sql.query(
      `insert into placement_rule (pattern, registry_id) select 'alice/ruled', id from registry where name = 'third'`,
    );
    assert.match(await details('other', 'alice/ruled'), /third\.example\.org/);
    assert.equal(await push('third', 'alice/ruled'), granted('alice/ruled'));
  });

  it('also moves repositories that were created by API or by an administrator, and their paths', async () => {
    await alice!.post('/api/v1/namespaces/alice/repositories', { name: 'made', visibility: 'private' });
    assert.equal(await push('reg', 'alice/made'), granted('alice/made'));
    await endTokens('alice/made');
    assert.equal(await push('other', 'alice/made'), granted('alice/made'));
    assert.equal((await alice!.get('/api/v1/repositories/alice/made')).json.visibility, 'private');

    await addOfficial(index, 'fedora');
    assert.equal(await push('reg', 'library/fedora', olga), granted('library/fedora'));
    assert.equal(await push('reg', 'fedora', olga), '403');
    await endTokens('library/fedora');
    assert.equal(await push('reg', 'fedora', olga), granted('fedora'));
    await endTokens('library/fedora');
    assert.equal(await push('other', 'library/fedora', olga), granted('library/fedora'));
  });

  it('at the same time as the first push of the name is refused', async () => {
    // The first has inserted the name and waits to record its grant, the second waits for the name.
    const results = await interleaved(
      'lock table push_grant in exclusive mode',
      [],
      [() => push('reg', 'alice/same-time'), () => push('other', 'alice/same-time')],
    );
    assert.deepEqual(results, [granted('alice/same-time'), '403']);
    assert.equal(await placementOf('alice/same-time'), 'reg');
  });

  it('at the same time as one to a third registry is granted at one of them', async () => {
    assert.equal(await push('reg', 'alice/contested'), granted('alice/contested'));
    await endTokens('alice/contested');
    const results = await interleaved(
      `select from repository where path = $1 for update`,
      ['alice/contested'],
      [() => push('other', 'alice/contested'), () => push('third', 'alice/contested')],
    );
    assert.deepEqual(results, [granted('alice/contested'), '403']);
    assert.equal(await placementOf('alice/contested'), 'other');
  });

  it('is refused if the first registry is granted in the same moment, and the other way round', async () => {
    for (const [first, second] of [
      ['reg', 'other'],
      ['other', 'reg'],
    ] as const) {
      const path = `alice/crossing-${first}`;
      assert.equal(await push('reg', path), granted(path));
      await endTokens(path);
      // The one that comes first holds the repository and waits to record its grant.
      const results = await interleaved(
        `select from ${grantOf} for update`,
        [path],
        [() => push(first, path), () => push(second, path)],
      );
      assert.deepEqual(results, [granted(path), '403']);
      assert.equal(await placementOf(path), first);
    }
  });

  it('is granted to one of many at every attempt', async () => {
    for (let round = 0; round < 20; round += 1) {
      const path = `alice/many-${round % 4}`;
      await endTokens(path);
      const services = ['reg', 'other', 'third', 'reg', 'other', 'third'];
      const results = await Promise.all(services.map((service) => push(service, path)));
      const winners = new Set(services.filter((_, n) => results[n] === granted(path)));
      assert.deepEqual([...winners], [await placementOf(path)], results.join(' | '));
      assert.ok(results.every((result) => result === '403' || result === granted(path)));
    }
  });
});

describe('a repeated push', () => {
  let index: IndexUnderTest;
  let sql: Client;
  let alice: Actor;
  beforeAll(async () => {
    index = await IndexUnderTest.start({ RATE_LIMITS: 'off' });
    sql = new Client({ connectionString: index.database.url });
    await sql.connect();
    alice = await index.signUp('alice');
    await register(index, { name: 'reg', url: 'http://reg.example.org' });
  });
  afterAll(async () => {
    await sql?.end();
    await index?.stop();
  });

  const scope = 'repository:alice/app:pull,push';
  const grant = async (): Promise<{ version: string; age: number }> =>
    (
      await sql.query<{ version: string; age: number }>(
        `select xmin::text as version, extract(epoch from now() - granted_at)::int as age from push_grant`,
      )
    ).rows[0]!;

  it('to a repository with images writes nothing while its grant is of this day', async () => {
    await grantedAccess(alice, 'reg', scope);
    await markActive(index, 'alice/app');
    const first = await grant();
    for (let n = 0; n < 20; n += 1) {
      assert.equal(await grantedAccess(alice, 'reg', scope), 'alice/app pull,push');
    }
    assert.deepEqual((await grant()).version, first.version);

    await sql.query(`update push_grant set granted_at = now() - interval '11 hours'`);
    const old = await grant();
    await grantedAccess(alice, 'reg', scope);
    assert.equal((await grant()).version, old.version);
    await sql.query(`update push_grant set granted_at = now() - interval '13 hours'`);
    await grantedAccess(alice, 'reg', scope);
    assert.ok((await grant()).age < 60, 'events of the next day still name the pusher');
  });

  it('to a name without images records until when its token is valid', async () => {
    const pending = 'repository:alice/pending:pull,push';
    const seconds = async (): Promise<number> =>
      (
        await sql.query<{ seconds: number }>(
          `select extract(epoch from expires_at - now())::float8 as seconds from push_grant
            join repository on repository.id = repository_id where path = 'alice/pending'`,
        )
      ).rows[0]!.seconds;
    const { ttl } = index.config.tokens;
    for (let n = 0; n < 10; n += 1) {
      assert.equal(await grantedAccess(alice, 'reg', pending), 'alice/pending pull,push');
      assert.ok((await seconds()) > ttl - 2 && (await seconds()) <= ttl + 15, String(await seconds()));
    }
    await sql.query(`update push_grant set expires_at = now() + interval '5 seconds'`);
    assert.equal(await grantedAccess(alice, 'reg', pending), 'alice/pending pull,push');
    assert.ok((await seconds()) > ttl - 2);
  });
});
