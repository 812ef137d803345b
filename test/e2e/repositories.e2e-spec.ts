import { PlacementsService, RepositoryFactsService } from '@central-index/repositories';
import { parseRepositoryName } from '@central-index/naming';
import { Database, sql } from '@central-index/platform/database';
import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import type { Actor } from '../support/client';
import { IndexUnderTest } from '../support/index-under-test';
import { createAdministrator, withToken } from '../support/users';

describe('repositories', () => {
  let index: IndexUnderTest;
  let alice: Actor;
  let bob: Actor;
  let olga: Actor;
  beforeAll(async () => {
    index = await IndexUnderTest.start({ RATE_LIMITS: 'off' });
    alice = await index.signUp('alice');
    bob = await index.signUp('bob');
    olga = await createAdministrator(index, 'olga');
  });
  afterAll(() => index.stop());

  const create = (caller: Actor, body: unknown, namespace = 'alice') =>
    caller.post(`/api/v1/namespaces/${namespace}/repositories`, body);
  const path = (name: string, namespace = 'alice'): string => `/api/v1/repositories/${namespace}/${name}`;

  it('are created, read, changed and deleted by their owner', async () => {
    const created = await create(alice, {
      name: 'webapp',
      description: 'A web application.',
      readme: '# Webapp\n',
    });
    assert.equal(created.status, 201, created.text);
    const { created_at, updated_at, ...rest } = created.json;
    assert.ok(Date.parse(created_at) > Date.now() - 60_000 && updated_at >= created_at);
    assert.deepEqual(rest, {
      namespace: 'alice',
      name: 'webapp',
      full_name: 'alice/webapp',
      description: 'A web application.',
      readme: '# Webapp\n',
      visibility: 'public',
      official: false,
      automated: false,
      registry: null,
      kinds: [],
      labels: {},
      pull_command: null,
      tags: 0,
      stars: 0,
      pulls: 0,
      pushed_at: null,
    });
    assert.deepEqual((await index.anonymous.get(path('webapp'))).json, created.json);

    const changed = await alice.patch(path('webapp'), { description: 'Better.' });
    assert.equal(changed.status, 200, changed.text);
    assert.deepEqual({ ...changed.json, updated_at }, { ...created.json, description: 'Better.' });

    assert.equal((await alice.delete(path('webapp'))).status, 204);
    assert.equal((await alice.get(path('webapp'))).status, 404);
    assert.equal((await alice.delete(path('webapp'))).status, 404);
    assert.equal((await create(alice, { name: 'webapp' })).json.errors[0].code, 'REPOSITORY_DELETED');
  });

  it('are created once by 20 concurrent requests', async () => {
    const responses = await Promise.all(Array.from({ length: 20 }, () => create(alice, { name: 'race' })));
    assert.deepEqual(responses.map(({ status }) => status).sort(), [201, ...Array<number>(19).fill(409)]);
  });

  it('are created in the caller’s own namespace only', async () => {
    for (const caller of [bob, olga]) {
      const response = await create(caller, { name: 'intruder' });
      assert.deepEqual([response.status, response.json.errors[0].code], [403, 'DENIED']);
    }
    assert.equal((await create(index.anonymous, { name: 'intruder' })).status, 401);
    assert.equal((await create(olga, { name: 'fedora' }, 'library')).status, 403);
    assert.equal((await create(alice, { name: 'app' }, 'no-such-namespace')).status, 404);
    assert.equal((await alice.get(path('intruder'))).status, 404);
  });

  it('that are private get the same bytes as absent ones for all other callers', async () => {
    await create(alice, { name: 'secret', visibility: 'private' });
    const anonymize = (text: string, name: string): string => text.replaceAll(name, 'NAME');
    const comparable = ({ date: _date, 'x-request-id': _id, ...headers }: Record<string, string>) => headers;
    const requests: [string, string, unknown?][] = [
      ['GET', ''], ['GET', '/tags'], ['GET', '/tags/latest'], ['PUT', '/star'], ['DELETE', '/star'],
      ['PATCH', '', { description: 'x' }], ['PATCH', '', { visibility: 'public' }], ['DELETE', ''],
    ]; // prettier-ignore
    for (const caller of [index.anonymous, bob, olga]) {
      for (const [method, rest, json] of requests) {
        const existing = await caller.send(method, path('secret') + rest, { json });
        const absent = await caller.send(method, path('absent') + rest, { json });
        assert.ok([404, 401].includes(existing.status), `${method} ${rest}: ${existing.status}`);
        assert.deepEqual(
          [existing.status, anonymize(existing.text, 'secret'), comparable(existing.headers)],
          [absent.status, anonymize(absent.text, 'absent'), comparable(absent.headers)],
        );
      }
      const names = (await caller.get('/api/v1/namespaces/alice/repositories')).json.items;
      assert.ok(names.every(({ name }: { name: string }) => name !== 'secret'));
      const taken = await create(caller, { name: 'secret' });
      const free = await create(caller, { name: 'absent' });
      assert.deepEqual([taken.status, taken.text], [free.status, free.text]);
    }
    assert.equal((await alice.get(path('secret'))).json.visibility, 'private');
    const listed = (await alice.get('/api/v1/namespaces/alice/repositories')).json.items;
    assert.ok(listed.some(({ name }: { name: string }) => name === 'secret'));
  });

  it('can be read but not changed by others while they are public', async () => {
    await create(alice, { name: 'open' });
    assert.equal((await bob.get(path('open'))).status, 200);
    for (const response of [
      await bob.patch(path('open'), { description: 'x' }),
      await bob.delete(path('open')),
    ]) {
      assert.deepEqual([response.status, response.json.errors[0].code], [403, 'DENIED']);
    }
    assert.equal((await olga.patch(path('open'), { description: 'x' })).status, 403);
    assert.equal((await alice.patch(path('open'), { visibility: 'private' })).status, 200);
    assert.equal((await bob.get(path('open'))).status, 404);
    assert.equal((await alice.patch(path('open'), { visibility: 'public' })).status, 200);
    assert.equal((await olga.delete(path('open'))).status, 204, 'an administrator deletes it');
  });

  it('respect the restrictions of an access token', async () => {
    await create(alice, { name: 'restrictions', visibility: 'private' });
    const metadata = await withToken(alice, ['metadata'], ['alice/restr*']);
    const pull = await withToken(alice, ['pull'], ['alice/*']);
    const elsewhere = await withToken(alice, ['pull', 'push', 'delete', 'metadata'], ['alice/other']);
    assert.equal((await metadata.patch(path('restrictions'), { description: 'by token' })).status, 200);
    assert.equal((await metadata.delete(path('restrictions'))).status, 403);
    assert.equal((await create(metadata, { name: 'other' })).status, 403);
    assert.equal((await pull.get(path('restrictions'))).status, 200);
    assert.equal((await pull.patch(path('restrictions'), { description: 'x' })).status, 403);
    assert.equal((await elsewhere.get(path('restrictions'))).status, 404);
    assert.equal((await create(elsewhere, { name: 'other' })).status, 201);
    const listed = (await elsewhere.get('/api/v1/namespaces/alice/repositories')).json.items;
    assert.ok(listed.every(({ name }: { name: string }) => name !== 'restrictions'));
  });

  it('are listed by name in pages without repetition or omission', async () => {
    const carol = await index.signUp('carol');
    const names = ['a', 'a-b', 'a.b', 'a_b', 'b', 'c1', 'c10', 'c2', 'z'];
    for (const name of names)
      await create(carol, { name, visibility: name === 'b' ? 'private' : 'public' }, 'carol');
    for (const [caller, expected] of [
      [carol, names],
      [bob, names.filter((name) => name !== 'b')],
    ] as const) {
      for (const size of [1, 2, 3, 100]) {
        const listed: string[] = [];
        let cursor: string | null = '';
        while (cursor !== null) {
          const more: string = cursor === '' ? '' : `&cursor=${cursor}`;
          const page = await caller.get(`/api/v1/namespaces/carol/repositories?per_page=${size}${more}`);
          assert.ok(page.json.items.length <= size);
          listed.push(...page.json.items.map(({ name }: { name: string }) => name));
          cursor = page.json.next;
        }
        assert.deepEqual([...listed].sort(), [...expected].sort());
        assert.equal(new Set(listed).size, listed.length);
      }
    }
  });

  it('return 400 for malformed input, and change nothing', async () => {
    await create(alice, { name: 'strict', description: 'as it was' });
    const before = (await alice.get(path('strict'))).text;
    const invalid: unknown[] = [
      {}, [], 'text', 7, null, { description: null }, { description: 7 }, { description: 'x'.repeat(256) },
      { description: 'two\nlines' }, { description: 'nul\0' }, { description: 'escape\u001b[31m' },
      { readme: 'x'.repeat(25_001) }, { readme: 'nul\0' }, { visibility: 'secret' }, { visibility: 'hidden' },
      { description: 'x', stars: 7 }, { official: true }, { state: 'active' }, { __proto__: { description: 'x' } },
      JSON.parse('{"__proto__": {"description": "x"}}'), { namespace: 'bob' }, { description: { $ne: 1 } },
    ]; // prettier-ignore
    for (const json of invalid) {
      const response = await alice.patch(path('strict'), json);
      assert.deepEqual(
        [response.status, response.json.errors[0].code],
        [400, 'VALIDATION_FAILED'],
        JSON.stringify(json),
      );
    }
    assert.equal((await alice.get(path('strict'))).text, before);
    const names = [
      '',
      'UPPER',
      'a/b',
      '..',
      '-a',
      'a-',
      'a b',
      'ä',
      'a\0',
      'x'.repeat(300),
      7,
      null,
      ['a'],
      undefined,
    ];
    for (const name of names) assert.equal((await create(alice, { name })).status, 400, String(name));
    const queries = ['per_page=0', 'per_page=101', 'per_page=x', 'per_page=1&per_page=2', 'cursor=', 'cursor=e30',
      'cursor=forged', 'cursor=a&cursor=b', 'sort=name', `cursor=${Buffer.from('tags:a').toString('base64url')}`]; // prettier-ignore
    for (const query of queries) {
      const response = await alice.get(`/api/v1/namespaces/alice/repositories?${query}`);
      assert.equal(response.status, 400, query);
    }
  });

  it('leave an audit row with the actor and the IP address for each change', async () => {
    await create(alice, { name: 'audited' });
    await alice.patch(path('audited'), { visibility: 'private' });
    await alice.patch(path('audited'), { visibility: 'public', description: 'Not audited.' });
    await olga.delete(path('audited'));
    const { json } = await olga.get('/api/v1/admin/audit?per_page=100');
    const rows = json.items.filter(({ subject }: { subject: string }) => subject === 'alice/audited');
    assert.deepEqual(
      rows.map(({ action, actor, address }: Record<string, string>) => [action, actor, address]),
      [
        ['repository.deleted', 'olga', '127.0.0.1'],
        ['repository.made-public', 'alice', '127.0.0.1'],
        ['repository.made-private', 'alice', '127.0.0.1'],
        ['repository.created', 'alice', '127.0.0.1'],
      ],
    );
  });

  it('are not reached through hostile paths', async () => {
    const hostile = ['alice%2Fopen', 'alice/%2e%2e', 'alice/..', 'alice/strict%00',
      'alice/strict%2F', 'alice/strict;x=1', 'alice%252Fstrict/x', 'alice/strict%0d%0a', 'аlice/strict',
      '__proto__/constructor', 'alice/strict%20', 'alice//strict', 'library%2Fcentos', 'alice/strict/..%2f..']; // prettier-ignore
    for (const caller of [index.anonymous, bob, alice]) {
      for (const segment of hostile) {
        const path = encodeURI(`/api/v1/repositories/${segment}`).replaceAll('%25', '%');
        const { status } = await caller.sendRaw('GET', path);
        assert.ok(status === 404 || status === 400, `${segment}: ${status}`);
      }
    }
  });

  it('are placed once by the first of many concurrent pushes', async () => {
    const placements = index.app.get(PlacementsService, { strict: false });
    const database = index.app.get(Database, { strict: false });
    const registries = await database.query(
      sql<{ id: string }>(`insert into registry (name, url, host, service, kind, hook_secret_hash)
       select 'r' || n, 'http://r' || n, 'r' || n, 'r' || n, 'distribution2', '' from generate_series(1, 2) n returning id`),
    );
    const [account] = await database.query(
      sql<{ id: string }>(`select id from account where name = 'alice'`),
    );
    const claim = (name: string, n: number) =>
      database.transaction((manager) =>
        placements.claim(manager, {
          name: parseRepositoryName(name)!,
          registryId: registries[n % 2]!.id,
          registryPath: name,
          accountId: account!.id,
        }),
      );
    const claimed = await Promise.all(Array.from({ length: 16 }, (_, n) => claim('alice/first', n)));
    assert.equal(new Set(claimed.map(({ registryId, id }) => `${registryId} ${id}`)).size, 1);
    assert.equal(claimed[0]!.repository?.state, 'pending');
    assert.equal((await bob.get(path('first'))).status, 404, 'pending ones are hidden from others');

    // A deleted private repository is restored as private, and becomes a tombstone again if no push arrives.
    await create(alice, { name: 'phoenix', visibility: 'private' });
    await alice.delete(path('phoenix'));
    const restored = await claim('alice/phoenix', 0);
    assert.deepEqual(restored.repository, { state: 'pending', visibility: 'private', automated: false });
    await database.query(
      sql(`update repository set created_at = now() - interval '25 hours' where state = 'pending'`),
    );
    assert.equal(await placements.expireUnpushed(), 2);
    const facts = await index.app
      .get(RepositoryFactsService, { strict: false })
      .find(['alice/phoenix', 'alice/first']);
    assert.equal(facts.get('alice/phoenix')?.repository?.state, 'deleted');
    assert.equal(facts.get('alice/first')?.repository, undefined);
    assert.equal((await claim('bob/not-owned', 0)).repository, undefined, 'foreign namespace');
  });
});
