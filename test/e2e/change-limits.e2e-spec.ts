import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { Client } from 'pg';
import type { Actor, HttpResponse } from '../support/client';
import { IndexUnderTest } from '../support/index-under-test';
import { register, requestToken } from '../support/token-fixtures';
import { withToken } from '../support/users';

const password = 'a long password of alice';

describe('the limits on what one account adds to the database', () => {
  let index: IndexUnderTest;
  let sql: Client;
  let alice: Actor;
  beforeAll(async () => {
    index = await IndexUnderTest.start({ TRUSTED_PROXIES: '127.0.0.1' });
    sql = new Client({ connectionString: index.database.url });
    await sql.connect();
    alice = await index.signUp('alice');
    await register(index, { name: 'main', url: 'http://main.example.org' });
    await alice.post('/api/v1/namespaces/alice/repositories', { name: 'app' });
  });
  afterAll(async () => {
    await sql?.end();
    await index?.stop();
  });

  const auditRows = async (): Promise<number> => (await sql.query('select from audit_event')).rowCount!;
  const useUp = (limit: string, left = 0): Promise<unknown> =>
    sql.query(
      `insert into rate_limit (key, points, expire)
       select $1 || ':' || id, $2, (extract(epoch from now()) * 1000)::bigint + 1800000 from account where name = 'alice'
       on conflict (key) do update set points = excluded.points, expire = excluded.expire`,
      [limit, 1_000 - left],
    );
  const login = (): Promise<HttpResponse> =>
    index.anonymous.post('/api/v1/login', { username: 'alice', password });
  const refused = (response: HttpResponse, limit: string, text: RegExp): void => {
    assert.deepEqual([response.status, response.json.errors[0].code], [429, 'TOO_MANY_REQUESTS']);
    assert.match(response.text, text);
    assert.match(response.headers.ratelimit!, new RegExp(`"${limit}";r=0;t=\\d+`));
    assert.ok(Number(response.headers['retry-after']) > 0);
  };

  const star = '/api/v1/repositories/alice/app/star';
  const tokens = '/api/v1/user/tokens';
  const token = { label: 'build', permissions: ['pull'], repositories: ['*/*'] };

  it('are in the headers of changes and stars, by whatever credential', async () => {
    const byToken = await withToken(alice, ['metadata'], ['alice/*']);
    const changed = await byToken.patch('/api/v1/repositories/alice/app', { description: 'Changed.' });
    assert.equal(changed.headers['ratelimit-policy'], '"changes";q=1000;w=3600');
    assert.match(changed.headers.ratelimit!, /^"changes";r=99\d;t=\d+$/);
    const starred = await alice.put(star);
    assert.equal(starred.headers['ratelimit-policy'], '"stars";q=1000;w=3600');
    assert.match(starred.headers.ratelimit!, /^"stars";r=999;t=\d+$/);
    assert.match((await alice.delete(star)).headers.ratelimit!, /^"stars";r=998;/);
    assert.equal((await alice.get('/api/v1/user')).headers.ratelimit, undefined, 'reads are no changes');
  });

  it('do not count what is refused for another reason', async () => {
    const before = (await alice.post(tokens, token)).headers.ratelimit!.match(/r=(\d+)/)![1];
    assert.equal((await alice.post(tokens, { label: '' })).status, 400);
    assert.equal((await alice.delete(`${tokens}/999999`)).status, 404);
    assert.equal((await alice.put('/api/v1/repositories/alice/absent/star')).status, 404);
    const after = (await alice.post(tokens, token)).headers.ratelimit!.match(/r=(\d+)/)![1];
    assert.equal(Number(after), Number(before) - 1);
  });

  it('refuse changes and stars beyond them, and then nothing is written', async () => {
    await useUp('changes', 1);
    await useUp('stars', 1);
    assert.equal((await alice.post(tokens, token)).status, 201);
    assert.equal((await alice.put(star)).status, 204);
    const rows = await auditRows();
    const requests: (() => Promise<HttpResponse>)[] = [
      () => alice.post(tokens, token),
      () => alice.patch('/api/v1/user', { email: 'alice@example.com', current_password: password }),
      () => alice.delete('/api/v1/user/sessions'),
      () => alice.delete('/api/v1/user/refresh-tokens'),
      () => alice.patch('/api/v1/repositories/alice/app', { visibility: 'private' }),
      () => alice.delete('/api/v1/repositories/alice/app'),
    ];
    for (const request of requests) {
      refused(
        await request(),
        'changes',
        /too many changes by API and pages \(1,000 per hour\): try again in/,
      );
    }
    refused(await alice.delete(star), 'stars', /too many stars given or removed \(1,000 per hour\)/);
    assert.equal(await auditRows(), rows);
    assert.equal((await index.anonymous.get('/api/v1/repositories/alice/app')).json.stars, 1);
    assert.equal((await (await index.signUp('bobby')).post(tokens, token)).status, 201, 'others');
  });

  it('are never exceeded by concurrent requests', async () => {
    await useUp('changes', 3);
    const responses = await Promise.all(Array.from({ length: 12 }, () => alice.post(tokens, token)));
    assert.equal(responses.filter(({ status }) => status === 201).length, 3);
    assert.equal(responses.filter(({ status }) => status === 429).length, 9);
  });

  it('refuse new sessions and refresh tokens beyond them', async () => {
    assert.equal((await login()).status, 200);
    await useUp('logins');
    const rows = await auditRows();
    refused(await login(), 'logins', /too many new sessions and refresh tokens \(1,000 per hour\)/);
    const docker = await requestToken(alice, 'main', [], { offline_token: 'true', client_id: 'docker' });
    assert.equal(docker.status, 429);
    assert.match(docker.json.details as string, /too many new sessions and refresh tokens/);
    assert.equal((await requestToken(alice, 'main')).status, 200, 'a token without a login');
    assert.equal(await auditRows(), rows);
  });

  it('accept a right password beyond them, without recording it', async () => {
    const signedIn = async (): Promise<number> =>
      (await sql.query(`select from audit_event where action = 'account.signed-in'`)).rowCount!;
    // From an address where the password was not verified before.
    const from = (address: string): Promise<HttpResponse> =>
      index.anonymous.basic('alice', password).with({ 'x-forwarded-for': address }).get('/api/v1/user');
    assert.equal((await from('198.51.100.1')).status, 200);
    const before = await signedIn();
    await useUp('recorded-sign-ins');
    assert.equal((await from('198.51.100.2')).status, 200);
    assert.equal(await signedIn(), before);
  });
});
