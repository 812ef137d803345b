import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { Client } from 'pg';
import type { Actor, HttpResponse } from '../support/client';
import { IndexUnderTest } from '../support/index-under-test';
import { register, requestToken } from '../support/token-fixtures';

describe('the limits on new repositories', () => {
  let index: IndexUnderTest;
  let sql: Client;
  let alice: Actor;
  beforeAll(async () => {
    index = await IndexUnderTest.start({ NEW_REPOSITORIES_PER_HOUR: '3', NEW_REPOSITORIES_PER_DAY: '5' });
    sql = new Client({ connectionString: index.database.url });
    await sql.connect();
    alice = await index.signUp('alice');
    await register(index, { name: 'reg', url: 'http://reg.example.org' });
    await register(index, { name: 'other', url: 'http://other.example.org' });
  });
  afterAll(async () => {
    await sql?.end();
    await index?.stop();
  });

  const create = (name: string): Promise<HttpResponse> =>
    alice.post('/api/v1/namespaces/alice/repositories', { name });
  const push = (...names: string[]): Promise<HttpResponse> =>
    requestToken(
      alice,
      'reg',
      names.map((name) => `repository:alice/${name}:pull,push`),
    );
  const exceeded = (response: HttpResponse, name: string): void => {
    const [, seconds] = new RegExp(`^"${name}";r=0;t=(\\d+)$`).exec(response.headers.ratelimit!)!;
    assert.equal(response.headers['retry-after'], seconds);
    assert.ok(Number(seconds) > 3_000);
  };

  it('count pushes and API alike, but nothing that creates none', async () => {
    const first = await create('one');
    assert.equal(first.status, 201);
    assert.equal(
      first.headers['ratelimit-policy'],
      '"new-repositories-per-hour";q=3;w=3600, "new-repositories-per-day";q=5;w=86400',
    );
    assert.match(
      first.headers.ratelimit!,
      /^"new-repositories-per-hour";r=2;t=\d+, "new-repositories-per-day";r=4;t=\d+$/,
    );
    assert.equal((await create('one')).status, 409);
    assert.equal((await push('one')).status, 200);
    assert.equal((await push('two')).status, 200);
    assert.equal((await push('two')).status, 200, 'again');
    // The second name is placed on another registry, so that nothing of the request is carried out.
    await sql.query(
      `insert into placement_rule (pattern, registry_id) select 'alice/elsewhere', id from registry where name = 'other'`,
    );
    assert.equal((await push('untouched', 'elsewhere')).status, 403);
  });

  it('refuse a request that needs more than is left, and count none of it', async () => {
    assert.equal((await push('three', 'four')).status, 403);
    const { rows } = await sql.query(`select from repository where path in ('alice/three', 'alice/four')`);
    assert.equal(rows.length, 0);
    assert.equal((await push('three')).status, 200);
  });

  it('are refused with the number and the time to wait', async () => {
    const refusedPush = await push('four');
    assert.equal(refusedPush.status, 403);
    assert.match(
      refusedPush.json.details as string,
      /too many new repositories \(3 per hour\): try again in (59|60) minutes/,
    );
    exceeded(refusedPush, 'new-repositories-per-hour');
    const refused = await create('four');
    assert.deepEqual([refused.status, refused.json.errors[0].code], [429, 'TOO_MANY_REQUESTS']);
    assert.match(refused.json.errors[0].message as string, /3 per hour.*try again in (59|60) minutes/);
    exceeded(refused, 'new-repositories-per-hour');
    assert.equal((await push('one')).status, 200, 'what exists is pushed');
    assert.equal((await (await index.signUp('bobby')).get('/api/v1/user')).status, 200);
  });

  it('include one per day', async () => {
    await sql.query(`delete from rate_limit where key like 'new-repositories-per-hour:%'`);
    assert.equal((await create('four')).status, 201);
    assert.equal((await create('five')).status, 201);
    const refused = await create('six');
    assert.equal(refused.status, 429);
    assert.match(refused.json.errors[0].message as string, /5 per day.*try again in 24 hours/);
    exceeded(refused, 'new-repositories-per-day');
  });

  it('are exact when requests arrive at the same time', async () => {
    const carol = await index.signUp('carol');
    const responses = await Promise.all(
      Array.from({ length: 12 }, (_, n) =>
        carol.post('/api/v1/namespaces/carol/repositories', { name: `r${n}` }),
      ),
    );
    assert.equal(responses.filter(({ status }) => status === 201).length, 3);
    assert.equal(responses.filter(({ status }) => status === 429).length, 9);
  });

  it('of sign-ups are in the headers too', async () => {
    const response = await index.anonymous.post('/api/v1/users', {
      username: 'dave',
      email: 'dave@example.org',
      password: 'a long password of dave',
    });
    assert.equal(response.headers['ratelimit-policy'], '"sign-ups";q=60;w=3600');
    assert.match(response.headers.ratelimit!, /^"sign-ups";r=\d+;t=\d+$/);
  });
});
