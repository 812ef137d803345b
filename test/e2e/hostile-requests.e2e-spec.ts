import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { once } from 'node:events';
import { DataSource } from 'typeorm';
import type { Actor } from '../support/client';
import { IndexUnderTest } from '../support/index-under-test';
import { createAdministrator } from '../support/users';
import { snapshot } from '../support/snapshot';

describe('hostile requests', () => {
  let index: IndexUnderTest;
  let alice: Actor;
  let bob: Actor;
  let olga: Actor;

  beforeAll(async () => {
    index = await IndexUnderTest.start({ RATE_LIMITS: 'off' });
    alice = await index.signUp('alice');
    bob = await index.signUp('bob');
    olga = await createAdministrator(index, 'olga');
    for (const name of ['app', 'secret']) {
      const visibility = name === 'secret' ? 'private' : 'public';
      assert.equal(
        (await alice.post('/api/v1/namespaces/alice/repositories', { name, visibility })).status,
        201,
      );
    }
  });
  afterAll(() => index.stop());

  it('cannot write a column that callers may not set (S01)', async () => {
    const writes: [Actor, string, string, Record<string, unknown>][] = [
      [
        index.anonymous,
        'POST',
        '/api/v1/users',
        { username: 'mallory', email: 'm@example.org', password: 'nine lives of a cat' },
      ],
      [alice, 'PATCH', '/api/v1/user', { email: 'new@example.org' }],
      [
        alice,
        'POST',
        '/api/v1/user/tokens',
        { label: 'x', permissions: ['pull'], repositories: ['alice/*'] },
      ],
      [alice, 'POST', '/api/v1/namespaces/alice/repositories', { name: 'other' }],
      [alice, 'PATCH', '/api/v1/repositories/alice/app', { description: 'changed' }],
      [olga, 'PUT', '/api/v1/admin/official/centos', { description: 'x' }],
      [
        olga,
        'POST',
        '/api/v1/admin/registries',
        { name: 'main', url: 'http://localhost:5000', kind: 'distribution2' },
      ],
      [index.anonymous, 'POST', '/api/v1/login', { username: 'alice', password: 'a long password of alice' }],
    ];
    const columns = new Set(['isAdmin', 'constructor', 'role', 'roles', '$set']);
    for (const { columns: entityColumns } of index.app.get(DataSource, { strict: false }).entityMetadatas) {
      for (const { propertyName, databaseName } of entityColumns) columns.add(propertyName).add(databaseName);
    }
    const before = await snapshot(index.database.url);
    let attempts = 0;
    const accepted: string[] = [];
    for (const [caller, method, path, body] of writes) {
      for (const column of [...columns].filter(
        (name) => !(name in body) && !acceptedFields(path).includes(name),
      )) {
        const { status } = await caller.send(method, path, { json: { ...body, [column]: true } });
        attempts += 1;
        if (status !== 400) accepted.push(`${method} ${path} with ${column}: ${status}`);
      }
    }
    assert.ok(attempts > 400, `${attempts} attempts`);
    assert.deepEqual(accepted, []);
    assert.deepEqual(await snapshot(index.database.url), before);
  });

  // The fields that each route accepts, which are not probed.
  const acceptedFields = (path: string): string[] =>
    path.includes('repositories')
      ? ['name', 'description', 'readme', 'visibility']
      : path.includes('registries')
        ? [
            'name',
            'url',
            'host',
            'service',
            'kind',
            'hook_url',
            'token_ttl',
            'for',
            'algorithm',
            'behind_proxy',
          ]
        : path.includes('tokens')
          ? ['label', 'permissions', 'repositories', 'expires_at']
          : path.includes('official')
            ? ['description', 'readme']
            : ['email', 'password', 'username', 'invite', 'current_password', 'otp'];

  it('reach a name by its own path only (S33)', async () => {
    const segments = [
      'alice%2Fapp',
      'alice%252Fapp',
      '..',
      '%2e%2e',
      '.',
      '%2e',
      '%00',
      'alice%00',
      '%0d%0aX:1',
      '%5c',
      '%D0%B0lice',
      '__proto__',
      'constructor',
      'alice;x=1',
      'alice%20',
      '%20alice',
      'alice.',
      '-alice',
      'alice%3A5000',
      "alice'--",
      'alice%25',
      '*',
      '%F0%9F%98%80',
      'a'.repeat(300),
    ];
    const shapes = (segment: string): string[] => [
      `/api/v1/repositories/${segment}/app`,
      `/api/v1/repositories/alice/${segment}`,
      `/api/v1/repositories/${segment}`,
      `/api/v1/repositories/${segment}/app/tags`,
      `/api/v1/repositories/alice/app/tags/${segment}`,
      `/api/v1/repositories/alice/${segment}/star`,
      `/api/v1/namespaces/${segment}/repositories`,
      `/api/v1/repositories/x/../alice/${segment}`,
      `/v1/repositories/${segment}/images`,
      `/api/v1/admin/official/${segment}`,
    ];
    const before = await snapshot(index.database.url);
    const wrong: string[] = [];
    for (const path of segments.flatMap(shapes)) {
      for (const [name, caller] of Object.entries({ anonymous: index.anonymous, bob })) {
        for (const method of ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
          const { status, json } = await caller.sendRaw(
            method,
            path,
            method === 'PATCH' ? { json: { description: 'x' } } : {},
          );
          const isEmptyList = status === 200 && json?.items !== undefined && json.items.length === 0;
          // The response to OPTIONS depends on the route only, not on its parameters.
          const isExpected = isEmptyList || (method === 'OPTIONS' && status === 204);
          if (!isExpected && (status < 400 || status >= 500))
            wrong.push(`${name} ${method} ${path}: ${status}`);
        }
      }
    }
    assert.deepEqual(wrong, []);
    assert.deepEqual(await snapshot(index.database.url), before);
  });

  it('reach a route by the exact spelling of its path only', async () => {
    for (const path of [
      '/API/v1/user',
      '/api/V1/user',
      '//api/v1/user',
      '/api//v1/user',
      '/api/v1/user/../users',
      '/ADMIN/x',
    ]) {
      assert.equal((await alice.sendRaw('GET', path)).status, 404, path);
    }
    const absolute = await alice.sendRaw('GET', 'http://evil.example/api/v1/admin/users');
    assert.ok([400, 403, 404].includes(absolute.status), String(absolute.status));
  });

  it('are limited in size and depth (S36)', async () => {
    const post = (body: string, headers: Record<string, string> = { 'content-type': 'application/json' }) =>
      alice.send('POST', '/api/v1/namespaces/alice/repositories', { body, headers });
    const manyFields = JSON.stringify(
      Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`f${n}`, n])),
    );
    const deep = `{"name":${'['.repeat(1000)}${']'.repeat(1000)}}`;
    assert.equal((await post(`{"name":"${'x'.repeat(400_000)}"}`)).status, 413);
    assert.equal((await post(manyFields)).status, 400);
    assert.equal((await post(deep)).status, 400);
    assert.equal((await post('{"name":')).status, 400);
    assert.equal((await post('null')).status, 400);
    assert.equal((await post('"text"')).status, 400);
    assert.equal(
      (await post('name=other', { 'content-type': 'application/x-www-form-urlencoded' })).status,
      415,
    );
    assert.equal((await post('{"name":"other"}', { 'content-type': 'text/plain' })).status, 415);
    assert.equal(
      (await alice.get('/api/v1/user', { headers: { 'x-long': 'x'.repeat(64_000) } })).status,
      431,
    );
    assert.equal((await alice.get(`/api/v1/search?q=${'x'.repeat(5_000)}&per_page=1000000000`)).status, 400);
  });

  it('have their connections closed when they are slow, while others are served (S36)', async () => {
    const port = Number(new URL(index.url).port);
    const slow = Array.from({ length: 50 }, () => {
      const socket = connect(port, '127.0.0.1');
      socket.write('POST /api/v1/users HTTP/1.1\r\nHost: x\r\nContent-Le');
      // Without reading the response, the socket never emits its end.
      socket.resume();
      return socket;
    });
    const start = performance.now();
    await Promise.all(slow.map((socket) => once(socket, 'connect')));
    assert.equal((await alice.get('/api/v1/user')).status, 200);
    await Promise.all(slow.map((socket) => once(socket, 'close')));
    assert.ok(performance.now() - start < 30_000);
  });

  it('return 4xx for every hostile parameter, never a server error (S30)', async () => {
    const hostile = [
      "' or 1=1 --",
      '%',
      '_',
      '\\',
      '"',
      '" OR private = true',
      '\u0000',
      '1e9',
      '-1',
      'NaN',
      '[]',
      '{}',
      '9'.repeat(40),
      'null',
      'undefined',
      '__proto__',
      '../../etc/passwd',
      '${7*7}',
      '\r\nX: y',
      '\u202e',
      '💥',
    ].map(encodeURIComponent);
    const targets = [
      '/api/v1/search?q=app&page=',
      '/api/v1/search?q=app&per_page=',
      '/api/v1/search?q=app&sort=',
      '/api/v1/search?q=app&stars=',
      '/api/v1/search?q=app&official=',
      '/api/v1/search?unknown=',
      '/api/v1/namespaces/alice/repositories?cursor=',
      '/api/v1/namespaces/alice/repositories?per_page=',
      '/api/v1/repositories/alice/app/tags?cursor=',
      '/api/v1/user/tokens?cursor=',
      '/token?service=',
      '/token?service=central-index&scope=',
      '/token?service=central-index&account=',
      '/v2/_catalog?last=',
      '/v2/_catalog?n=',
      '/v1/search?q=',
      '/v1/search?q=app&n=',
      '/v1/search?q=app&page=',
    ];
    const wrong: string[] = [];
    for (const target of targets) {
      for (const value of hostile) {
        const { status, json } = await alice.sendRaw('GET', `${target}${value}`);
        const leaks =
          JSON.stringify(json ?? '').includes('alice/secret') &&
          !/^\/(api\/v1\/(namespaces|search)|v1\/search|v2)/.test(target);
        if (status >= 500 || leaks) wrong.push(`${target}${value}: ${status}`);
      }
      const repeated = await index.anonymous.sendRaw('GET', `${target}x&${target.split(/[?&]/).at(-1)}y`);
      if (repeated.status >= 500) wrong.push(`${target} twice: ${repeated.status}`);
    }
    assert.deepEqual(wrong, []);
  });
});
