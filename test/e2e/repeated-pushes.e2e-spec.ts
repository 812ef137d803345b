import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { Client } from 'pg';
import type { Actor, HttpResponse } from '../support/client';
import { IndexUnderTest } from '../support/index-under-test';
import { statementsDuring } from '../support/statements';
import { markActive, readJwt, register, requestToken, withAccessToken } from '../support/token-fixtures';

// A build server requests the same token for each layer that it pushes.
describe('a push that is requested again', () => {
  let index: IndexUnderTest;
  let sql: Client;
  let alice: Actor;
  let byToken: Actor;
  beforeAll(async () => {
    index = await IndexUnderTest.start({ RATE_LIMITS: 'off' });
    sql = new Client({ connectionString: index.database.url });
    await sql.connect();
    alice = await index.signUp('alice');
    await register(index, { name: 'main', url: 'http://main.example.org' });
    await register(index, { name: 'other', url: 'http://other.example.org' });
    // Its statements would be counted.
    await index.stopWorker();
    byToken = await withAccessToken(index, alice, ['pull', 'push', 'delete'], ['alice/*']);
  });
  afterAll(async () => {
    await sql?.end();
    await index?.stop();
  });

  const push = (caller: Actor, ...names: string[]): Promise<HttpResponse> =>
    requestToken(
      caller,
      'main',
      names.map((name) => `repository:alice/${name}:pull,push,delete`),
    );
  const granted = (response: HttpResponse): string[] => {
    assert.equal(response.status, 200, response.text);
    const { access } = readJwt(response.json.token as string).claims as {
      access: { name: string; actions: string[] }[];
    };
    return access.map(({ name, actions }) => `${name} ${actions.join(',')}`);
  };
  const all = (name: string): string => `alice/${name} pull,push,delete`;
  /** A repository with images, whose push was granted before. */
  const place = async (name: string): Promise<void> => {
    await push(alice, name);
    await markActive(index, `alice/${name}`);
    for (const caller of [alice, byToken]) assert.deepEqual(granted(await push(caller, name)), [all(name)]);
  };
  /** Changes a row without the notification by which caches learn of it, as for a process that has not received it yet. */
  const changeUnnoticed = async (text: string, values: unknown[] = []): Promise<void> => {
    await sql.query('begin');
    await sql.query('set local session_replication_role = replica');
    assert.equal((await sql.query(text, values)).rowCount, 1);
    await sql.query('commit');
  };

  /** Resolves when the server has received that many requests more. */
  const arrivals = (count: number): Promise<void> =>
    new Promise((resolve) => {
      const server = index.app.getHttpServer();
      let missing = count;
      const listener = (): void => {
        missing -= 1;
        if (missing > 0) return;
        server.off('request', listener);
        // What the request does before it waits for its rows takes no other event.
        setImmediate(resolve);
      };
      server.on('request', listener);
    });

  it('reads its rows by one statement, with a password and with an access token, and writes nothing', async () => {
    await place('app');
    for (const caller of [alice, byToken]) {
      const texts = await statementsDuring(() => push(caller, 'app'));
      assert.equal(texts.length, 1, texts.join('\n'));
      assert.match(texts[0]!, /left join push_grant/);
    }
  });

  it('shares that statement with others that arrive at the same time', async () => {
    const names = ['many-a', 'many-b', 'many-c'];
    for (const name of names) await place(name);
    const arrived = arrivals(30);
    const responses: HttpResponse[] = [];
    // The first statement waits for the lock until all requests have arrived.
    await sql.query('begin');
    await sql.query('lock table repository in access exclusive mode');
    const texts = await statementsDuring(async () => {
      const requests = Array.from({ length: 30 }, (_, n) => push(n % 2 ? alice : byToken, names[n % 3]!));
      await arrived;
      await sql.query('commit');
      responses.push(...(await Promise.all(requests)));
    });
    for (const [n, response] of responses.entries()) {
      assert.deepEqual(granted(response), [all(names[n % 3]!)]);
    }
    assert.equal(texts.filter((text) => text.includes('left join push_grant')).length, 2);
  });

  it('is signed again, for each name in one request', async () => {
    await place('one');
    await place('two');
    const first = await push(byToken, 'one', 'two');
    const second = await push(byToken, 'one', 'two');
    assert.deepEqual(granted(second), [all('one'), all('two')]);
    assert.notEqual(first.json.token, second.json.token);
  });

  const changes: [what: string, text: string, expected: string[]][] = [
    ['a trusted build', `update repository set automated = true where path = $1`, []],
    ['deleted', `update repository set state = 'deleted', deleted_at = now() where path = $1`, []],
    [
      'placed elsewhere',
      `update repository set registry_id = (select id from registry where name = 'other') where path = $1`,
      [],
    ],
    ['at another path', `update repository set registry_path = 'former/app' where path = $1`, []],
  ];
  for (const [n, [what, text]] of changes.entries()) {
    it(`is decided again when the repository is ${what}, before the process is notified`, async () => {
      const name = `changed-${n}`;
      await place(name);
      const path = `alice/${name}`;
      await changeUnnoticed(text, [path]);
      for (const caller of [alice, byToken]) {
        const response = await push(caller, name);
        const { rows } = await sql.query<{ state: string; automated: boolean }>(
          'select state, automated from repository where path = $1',
          [path],
        );
        // A tombstone is placed again by the push; all others are refused.
        if (what === 'deleted') assert.deepEqual([response.status, rows[0]!.state], [200, 'pending']);
        else assert.equal(response.status, 403, response.text);
      }
    });
  }

  it('is decided again when the namespace has another owner, before the process is notified', async () => {
    await place('moved');
    const bob = await index.signUp('bobby');
    await changeUnnoticed(
      `update namespace set owner_id = (select id from account where name = $1) where name = 'alice'`,
      [bob.name],
    );
    try {
      for (const caller of [alice, byToken])
        assert.deepEqual(granted(await push(caller, 'moved')), ['alice/moved pull']);
    } finally {
      await changeUnnoticed(
        `update namespace set owner_id = (select id from account where name = $1) where name = 'alice'`,
        ['alice'],
      );
    }
  });

  it('writes its grant again after twelve hours', async () => {
    await place('daily');
    await sql.query(`update push_grant set granted_at = now() - interval '13 hours'`);
    assert.deepEqual(granted(await push(byToken, 'daily')), [all('daily')]);
    const { rows } = await sql.query(
      `select from push_grant join repository on repository.id = repository_id
        where path = 'alice/daily' and granted_at > now() - interval '1 minute'`,
    );
    assert.equal(rows.length, 1);
  });

  it('keeps the end of its tokens exact while the repository has no image', async () => {
    await push(byToken, 'pending');
    await sql.query(`update push_grant set expires_at = now() + interval '1 minute'`);
    await push(byToken, 'pending');
    const { rows } = await sql.query(
      `select from push_grant join repository on repository.id = repository_id
        where path = 'alice/pending' and expires_at > now() + interval '4 minutes'`,
    );
    assert.equal(rows.length, 1);
  });
});
