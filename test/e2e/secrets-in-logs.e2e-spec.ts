import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { Client } from 'pg';
import { Actor } from '../support/client';
import { createTestDatabase, testSecretKey, type TestDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { freePort } from '../support/free-port';
import { refresh } from '../support/token-fixtures';

const server = join(__dirname, '..', '..', 'apps', 'server', 'src', 'main.js');

describe('secrets', () => {
  let database: TestDatabase;
  let child: ChildProcess;
  let actor: Actor;
  let output = '';

  let metricsPort: number;

  beforeAll(async () => {
    database = await createTestDatabase();
    const port = await freePort();
    metricsPort = await freePort();
    child = spawn(process.execPath, [server], {
      env: {
        PATH: process.env.PATH,
        DATABASE_URL: database.url.replace(/\/\/[^@]*@/, (login) => login),
        SECRET_KEY: testSecretKey,
        PORT: String(port),
        LOG_LEVEL: 'debug',
        LOG_FORMAT: 'json',
        RATE_LIMITS: 'off',
        METRICS_PORT: String(metricsPort),
        DRAIN_SECONDS: '0',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout!, child.stderr!])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    actor = new Actor(`http://127.0.0.1:${port}`);
    await eventually(async () => assert.equal((await actor.get('/readyz')).status, 200), 60_000);
  });
  afterAll(async () => {
    child.kill('SIGTERM');
    await once(child, 'close');
    await database.drop();
  });

  it('appear in no log, audit row, metric or error body, and names forge no log line (S38)', async () => {
    const canaries = new Set<string>();
    const createCanary = (kind: string): string => {
      const value = `canary${kind}${canaries.size}zq9`;
      canaries.add(value);
      return value;
    };
    const responses: string[] = [];
    const send = async (caller: Actor, method: string, path: string, json?: unknown): Promise<string> => {
      const { text, setCookie } = await caller.send(method, path, json === undefined ? {} : { json });
      responses.push(text);
      return setCookie[0] ?? text;
    };
    const password = createCanary('password');
    await send(actor, 'POST', '/api/v1/users', { username: 'alice', email: 'alice@example.org', password });
    const alice = actor.basic('alice', password);
    const created = await alice.post('/api/v1/user/tokens', {
      label: 'ci',
      permissions: ['pull'],
      repositories: ['alice/*'],
    });
    assert.equal(created.status, 201);
    canaries.add(created.json.token);
    const login = await actor.post('/api/v1/login', { username: 'alice', password });
    assert.equal(login.status, 200);
    const cookie = login.setCookie[0]!.split(';', 1)[0]!;
    canaries.add(cookie.split('=')[1]!);
    const issued = await alice.get(
      '/token?service=central-index&scope=registry:catalog:search&offline_token=true',
    );
    canaries.add(issued.json.refresh_token);
    const token = issued.json.token as string;
    canaries.add(token.split('.')[2]!);

    for (let n = 0; n < 60; n += 1) {
      await send(alice, 'GET', '/api/v1/user');
      await send(actor.bearer(created.json.token), 'GET', '/api/v1/user');
      await send(actor.bearer(createCanary('bearer')), 'GET', '/api/v1/user');
      await send(actor.basic('alice', created.json.token), 'GET', '/token?service=central-index');
      await send(actor.with({ cookie }), 'GET', '/api/v1/user');
      await send(
        actor.with({ cookie: `${cookie.split('=')[0]}=${createCanary('cookie')}` }),
        'GET',
        '/api/v1/user',
      );
      for (const login of [issued.json.refresh_token as string, createCanary('refresh')]) {
        const response = await refresh(actor, 'central-index', login);
        responses.push(response.status === 200 ? '' : response.text);
      }
      await send(actor.bearer(token), 'GET', '/v2/');
      await send(
        actor.with({ authorization: `Bearer ${createCanary('hook')}` }),
        'POST',
        '/hooks/registry/main',
        {
          events: [],
        },
      );
      for (const prefix of ['ci_prt_', 'c%69%5Fprt%5f', '%ff/ci_prt_']) {
        const link = `/api/v1/password-resets/${prefix}${createCanary('reset')}`;
        await send(actor, 'GET', link);
        await send(actor, 'POST', link, { password: createCanary('lost') });
      }
      await send(actor, 'POST', '/api/v1/login', {
        username: 'absent',
        password: createCanary('login'),
        extra: createCanary('field'),
      });
      await send(alice, 'PATCH', '/api/v1/user', {
        password: createCanary('new'),
        current_password: createCanary('old'),
      });
      await send(actor, 'POST', '/api/v1/users', {
        username: '\r\n{"level":"fatal"}\u001b[31m',
        email: 'x',
        password: createCanary('signup'),
      });
      await send(actor, 'GET', `/api/v1/repositories/%0d%0a%7b%7d/${createCanary('path').slice(0, 3)}%1b`);
    }
    // Wrong passwords are limited, so they come last. Users also type passwords into the field for the name.
    for (let n = 0; n < 15; n += 1)
      await send(
        actor.basic(createCanary('name'), createCanary('wrong')),
        'GET',
        '/token?service=central-index',
      );

    const metrics = (await new Actor(`http://127.0.0.1:${metricsPort}`).get('/metrics')).text;
    assert.match(metrics, /^central_index_tokens_total/m);
    const client = new Client({ connectionString: database.url });
    await client.connect();
    const { rows } = await client.query<{ row: string }>('select e::text as row from audit_event e');
    await client.end();
    const lines = output.split('\n').filter((line) => line !== '');
    assert.ok(lines.length > 700, `${lines.length} lines`);
    for (const line of lines) assert.doesNotThrow(() => JSON.parse(line), line);
    assert.equal(lines.filter((line) => line.includes('"level":"fatal"')).length, 0);
    const explained = lines.find(
      (line) => line.includes('token explained') && line.includes(issued.headers['x-request-id']!),
    );
    assert.match(explained ?? '', /search granted by tokens/, 'the explanation has the id of its request');
    const leaks = [...canaries].flatMap((value) => [
      ...lines.filter((line) => line.includes(value)).map((line) => `log: ${line}`),
      ...rows.filter(({ row }) => row.includes(value)).map(({ row }) => `audit: ${row}`),
      ...(metrics.includes(value) ? ['metrics'] : []),
      ...responses.filter((text) => text.includes(value)).map((text) => `response: ${text}`),
    ]);
    assert.ok(canaries.size > 400, `${canaries.size} canaries`);
    assert.deepEqual(leaks, []);
  });
});
