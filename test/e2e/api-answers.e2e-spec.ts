import { PasswordResetsService } from '@central-index/accounts';
import { Database, sql } from '@central-index/platform/database';
import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import type { Actor, HttpResponse } from '../support/client';
import { importRepositories } from '../support/import-fixture';
import { IndexUnderTest } from '../support/index-under-test';
import { ApiContract } from '../support/openapi';
import { insertPushedTags } from '../support/push-fixture';
import { createAdministrator, withToken } from '../support/users';

type Who = 'nobody' | 'alice' | 'bob' | 'root' | 'token' | 'wrong';
type Request = readonly [who: Who, method: string, path: string, body?: unknown];

const app = '/api/v1/repositories/alice/app';
const hidden = '/api/v1/repositories/alice/hidden';
const namespace = '/api/v1/namespaces/alice/repositories';
const token = { label: 'build', permissions: ['pull'], repositories: ['*/*'] };

// In order: later requests use what earlier ones have created. `{token}` is the id of an access token, `{reset}` the token
// of a link that sets a password.
const requests: readonly Request[] = [
  [
    'nobody',
    'post',
    '/api/v1/users',
    { username: 'carol', email: 'carol@example.org', password: 'tulips in the rain 1' },
  ],
  [
    'nobody',
    'post',
    '/api/v1/users',
    { username: 'carol', email: 'carol@example.org', password: 'tulips in the rain 1' },
  ],
  ['nobody', 'post', '/api/v1/users', { username: 'carol' }],
  ['nobody', 'post', '/api/v1/login', { username: 'carol', password: 'tulips in the rain 1' }],
  ['nobody', 'post', '/api/v1/login', { username: 'carol', password: 'wrong' }],
  ['nobody', 'delete', '/api/v1/login'],
  ['nobody', 'get', '/api/v1/password-resets/{reset}'],
  ['nobody', 'get', '/api/v1/password-resets/x'],
  ['nobody', 'post', '/api/v1/password-resets/{reset}', { password: 'dora' }],
  ['nobody', 'post', '/api/v1/password-resets/{reset}', { password: 'tulips in the snow 1' }],
  ['nobody', 'post', '/api/v1/password-resets/{reset}', { password: 'tulips in the snow 1' }],
  ['alice', 'get', '/api/v1/user'],
  ['token', 'get', '/api/v1/user'],
  ['alice', 'patch', '/api/v1/user', { email: 'alice@example.com' }],
  ['alice', 'patch', '/api/v1/user', {}],
  ['token', 'patch', '/api/v1/user', { email: 'alice@example.com' }],
  ['alice', 'post', '/api/v1/user/tokens', token],
  ['alice', 'post', '/api/v1/user/tokens', { ...token, expires_at: '2099-01-01T00:00:00Z' }],
  ['alice', 'post', '/api/v1/user/tokens', { ...token, colour: 'red' }],
  ['alice', 'get', '/api/v1/user/tokens?per_page=1'],
  ['alice', 'get', '/api/v1/user/tokens?limit=1'],
  ['alice', 'get', '/api/v1/user/tokens/{token}'],
  ['alice', 'get', '/api/v1/user/tokens/999999'],
  ['alice', 'patch', '/api/v1/user/tokens/{token}', { label: 'renamed' }],
  ['alice', 'patch', '/api/v1/user/tokens/{token}', { label: '' }],
  ['alice', 'get', '/api/v1/user/sessions'],
  ['alice', 'delete', '/api/v1/user/sessions'],
  ['alice', 'delete', '/api/v1/user/sessions/1'],
  ['nobody', 'get', '/api/v1/users/alice'],
  ['nobody', 'get', '/api/v1/users/nothing'],
  ['alice', 'get', '/api/v1/user/refresh-tokens'],
  ['alice', 'delete', '/api/v1/user/refresh-tokens'],
  ['alice', 'delete', '/api/v1/user/refresh-tokens/1'],
  ['alice', 'delete', '/api/v1/user/tokens/999999'],
  ['alice', 'delete', '/api/v1/user/tokens/x'],
  ['alice', 'delete', '/api/v1/user/tokens/{token}'],
  ['alice', 'post', namespace, { name: 'new', description: 'New', readme: '# New', visibility: 'private' }],
  ['alice', 'post', namespace, { name: 'new' }],
  ['alice', 'post', namespace, { name: 'No' }],
  ['bob', 'post', namespace, { name: 'other' }],
  ['token', 'post', namespace, { name: 'other' }],
  ['nobody', 'get', `${namespace}?per_page=1`],
  ['alice', 'get', namespace],
  ['nobody', 'get', '/api/v1/namespaces/nothing/repositories'],
  ['nobody', 'get', app],
  ['wrong', 'get', app],
  ['nobody', 'get', hidden],
  ['alice', 'get', hidden],
  ['alice', 'patch', app, { description: 'Changed' }],
  ['bob', 'patch', app, { description: 'Changed' }],
  ['alice', 'patch', app, { visibility: 'none' }],
  ['alice', 'put', `${app}/star`],
  ['bob', 'put', `${app}/star`],
  ['nobody', 'put', `${app}/star`],
  ['nobody', 'get', `${app}/stargazers?per_page=1`],
  ['nobody', 'get', `${hidden}/stargazers`],
  ['alice', 'get', '/api/v1/user/starred'],
  ['token', 'get', '/api/v1/user/starred'],
  ['alice', 'get', '/api/v1/user/namespaces'],
  ['nobody', 'get', '/api/v1/user/namespaces'],
  ['nobody', 'get', '/api/v1/namespaces/alice'],
  ['nobody', 'get', '/api/v1/namespaces/nothing'],
  ['bob', 'delete', `${app}/star`],
  ['nobody', 'get', `${app}/tags?per_page=1`],
  ['nobody', 'get', `${app}/tags/v1`],
  ['nobody', 'get', `${app}/tags/none`],
  ['nobody', 'get', `${app}/tags/v1/history`],
  ['bob', 'delete', `${app}/tags/v1`],
  ['alice', 'delete', `${app}/tags/none`],
  ['alice', 'delete', `${app}/tags/v1`],
  ['nobody', 'get', `${app}/pulls`],
  ['nobody', 'get', `${app}/pulls?from=2026-02-01&to=2026-01-01`],
  ['nobody', 'get', '/api/v1/search?q=app&per_page=1'],
  ['nobody', 'get', '/api/v1/search?q=app&page=0'],
  ['nobody', 'get', '/api/v1/search?q=app&explain=true'],
  ['bob', 'get', '/api/v1/search?q=app&explain=true'],
  ['root', 'get', '/api/v1/search?q=app&explain=true'],
  ['nobody', 'get', '/api/v1/search/suggest?q=ap'],
  ['root', 'put', '/api/v1/admin/official/centos', { description: 'Official' }],
  ['root', 'put', '/api/v1/admin/official/centos'],
  ['root', 'put', '/api/v1/admin/official/No', {}],
  ['bob', 'put', '/api/v1/admin/official/centos', {}],
  ['root', 'delete', '/api/v1/admin/official/centos'],
  ['root', 'delete', '/api/v1/admin/official/centos'],
  ['root', 'get', '/api/v1/admin/users'],
  ['token', 'get', '/api/v1/admin/users'],
  ['root', 'post', '/api/v1/admin/registries', { name: 'main', url: 'http://127.0.0.1:1' }],
  ['root', 'post', '/api/v1/admin/registries', { name: 'main', url: 'http://127.0.0.1:1' }],
  ['root', 'post', '/api/v1/admin/registries', { name: 'No', url: 'x' }],
  ['root', 'get', '/api/v1/admin/registries'],
  ['root', 'patch', '/api/v1/admin/registries/main', { behind_proxy: true }],
  ['root', 'post', '/api/v1/admin/registries/main/fragment'],
  ['root', 'post', '/api/v1/admin/registries/main/fragment', { full_config: true }],
  ['root', 'post', '/api/v1/admin/registries/main/fragment', { certificate_path: 'relative' }],
  ['root', 'get', '/api/v1/admin/registries/main/doctor'],
  ['root', 'get', '/api/v1/admin/registries/none/doctor'],
  ['root', 'get', '/api/v1/admin/registries/main/reconcile'],
  ['root', 'post', '/api/v1/admin/registries/main/reconcile'],
  ['root', 'post', '/api/v1/admin/registries/main/reconcile', { limit: 0 }],
  ['root', 'post', '/api/v1/admin/registries/main/adopt', { pattern: 'alice/*' }],
  ['root', 'post', '/api/v1/admin/registries/main/adopt', { pattern: '' }],
  ['root', 'post', '/api/v1/admin/repositories/alice/app/move', { registry: 'main' }],
  ['root', 'post', '/api/v1/admin/repositories/alice/none/move', { registry: 'main' }],
  ['root', 'get', '/api/v1/admin/operations'],
  ['root', 'get', '/api/v1/admin/operations/1'],
  ['root', 'get', '/api/v1/admin/operations/999'],
  ['root', 'get', '/api/v1/admin/registries/main/events/parked'],
  ['root', 'post', '/api/v1/admin/registries/main/events/retry'],
  ['root', 'delete', '/api/v1/admin/registries/main/events/parked'],
  ['root', 'put', '/api/v1/admin/placement-rules', { pattern: 'team-*', registry: 'main' }],
  ['root', 'put', '/api/v1/admin/placement-rules', { pattern: 'team-*', registry: 'none' }],
  ['root', 'get', '/api/v1/admin/placement-rules'],
  ['root', 'delete', '/api/v1/admin/placement-rules?pattern=team-*'],
  ['root', 'delete', '/api/v1/admin/placement-rules?pattern=team-*'],
  [
    'root',
    'get',
    '/api/v1/admin/token-explanation?service=main&account=alice&scope=repository:alice/app:pull',
  ],
  ['root', 'get', '/api/v1/admin/token-explanation'],
  ['root', 'get', '/api/v1/admin/audit'],
  ['bob', 'get', '/api/v1/admin/audit'],
  ['root', 'delete', '/api/v1/admin/registries/main?orphan=maybe'],
  ['root', 'delete', '/api/v1/admin/registries/main?orphan=true'],
  ['alice', 'delete', '/api/v1/repositories/alice/new'],
  ['bob', 'delete', app],
  ['wrong', 'delete', '/api/v1/user'],
];

describe('answers of the API', () => {
  let index: IndexUnderTest;
  let contract: ApiContract;
  const callers = {} as Record<Who, Actor>;
  let tokenId: string;
  let resetToken: string;
  beforeAll(async () => {
    index = await IndexUnderTest.start({ RATE_LIMITS: 'off' });
    contract = new ApiContract((await index.anonymous.get('/api/openapi.json')).json);
    const alice = await index.signUp('alice');
    callers.nobody = index.anonymous;
    callers.alice = alice;
    callers.bob = await index.signUp('bob');
    callers.root = await createAdministrator(index, 'root');
    callers.token = await withToken(alice, ['pull'], ['alice/*']);
    callers.wrong = index.anonymous.bearer(`ci_pat_${'x'.repeat(43)}`);
    tokenId = (await alice.get('/api/v1/user/tokens')).json.items[0].id as string;
    await index.signUp('dora');
    const resets = index.app.get(PasswordResetsService, { strict: false });
    resetToken = (await resets.create('dora', { name: ':cli' })).token;
    for (const name of ['app', 'hidden']) assert.equal((await alice.post(namespace, { name })).status, 201);
    await insertPushedTags(index, 'alice/app', ['v1', 'v2'], 'alice');
    await index.app.get(Database, { strict: false }).execute(
      sql(`insert into tag_history (repository_id, tag, digest, pushed_at, reported)
           select repository_id, name, digest, pushed_at, true from tag`),
    );
    await alice.patch(hidden, { visibility: 'private' });
    await importRepositories(index, [
      { namespace: 'other', name: 'app', description: 'Imported', star_count: 3 },
    ]);
    // So that operations stay as they were requested.
    await index.stopWorker();
  });
  afterAll(() => index.stop());

  it('are those of the document: status, type, and every field', async () => {
    const violations: string[] = [];
    const succeeded = new Set<string>();
    for (const [who, method, template, body] of requests) {
      const path = template.replace('{token}', tokenId).replace('{reset}', resetToken);
      // Every caller signs in as for the first time, except where the answer depends on the token's revocation.
      const response: HttpResponse = await callers[who].send(method.toUpperCase(), path, { json: body });
      const operation = contract.find(method, path);
      assert.ok(operation, `${method} ${path} is not in the document`);
      assert.ok(
        response.status < 500 || operation.path.endsWith('/doctor'),
        `${method} ${path}: ${response.text}`,
      );
      violations.push(...contract.violations(operation, response).map((text) => `${who}: ${text}`));
      if (response.status < 300) succeeded.add(`${operation.method} ${operation.path}`);
    }
    assert.deepEqual(violations, []);
    const all = contract.operations.map(({ method, path }) => `${method} ${path}`);
    assert.deepEqual(
      all.filter((name) => !succeeded.has(name)).filter((name) => !unanswered.has(name)),
      [],
    );
  });

  it('refuse an unknown parameter or field on every route that takes some', async () => {
    for (const { method, path, definition } of contract.operations) {
      const parameters = (definition.parameters ?? []) as { in: string }[];
      const target = path.replace('{id}', '1').replace(/\{\w+\}/g, 'x');
      const body = definition.requestBody === undefined ? undefined : { no_such_field: 1 };
      const hasQuery = parameters.some((one) => one.in === 'query');
      if (!hasQuery && body === undefined) continue;
      const response = await callers.root.send(
        method.toUpperCase(),
        hasQuery ? `${target}?no_such_field=1` : target,
        {
          json: body,
        },
      );
      assert.equal(response.status, 400, `${method} ${path}: ${response.text}`);
      assert.match(response.text, /no_such_field: is unknown/, `${method} ${path}`);
      const operation = { method, path, definition };
      assert.deepEqual(contract.violations(operation, response), []);
    }
  });
});

// The account of the caller is deleted in other specs; other routes must not be listed here.
const unanswered: ReadonlySet<string> = new Set([
  'delete /api/v1/user',
  'delete /api/v1/user/refresh-tokens/{id}',
  'delete /api/v1/user/sessions/{id}',
  'delete /api/v1/repositories/{namespace}/{name}/tags/{tag}',
  'get /api/v1/admin/registries/{name}/reconcile',
  'get /api/v1/repositories/{namespace}/{name}/tags/{tag}/referrers',
]);
