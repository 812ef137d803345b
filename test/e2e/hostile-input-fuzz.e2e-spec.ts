import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { Pool } from 'pg';
import { operationsOf, stringsOf, withValueAt, type FuzzedOperation } from '../fuzz/api-operations';
import { cloudEvent, hookBodies } from '../fuzz/hook-bodies';
import { hostileBody, hostileHeader, hostileJson, hostileText, hostileUrlPart } from '../fuzz/hostile-values';
import { Dice } from '../fuzz/token-requests';
import { ProductProcess } from '../support/child-process';
import { Actor, type HttpResponse } from '../support/client';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { freePort } from '../support/free-port';
import { diagnostic } from '../support/jest';

// INPUT_FUZZ sets the number of requests, FUZZ_SEED repeats a run.
const requests = Number(process.env.INPUT_FUZZ ?? 1_200);
const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31);
const concurrency = 8;
const headerNames = [
  'authorization',
  'cookie',
  'user-agent',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-request-id',
  'origin',
  'sec-fetch-site',
  'accept',
  'if-none-match',
];

/** One field of one route, and how to send a request with a hostile value in it. */
interface Field {
  readonly name: string;
  readonly send: (dice: Dice) => Promise<HttpResponse>;
  /** Hooks answer 202 to any body. */
  readonly status?: number;
}

describe('hostile input', () => {
  let database: TestDatabase;
  let pool: Pool;
  let server: ProductProcess;
  let worker: ProductProcess;
  let anonymous: Actor;
  let alice: Actor;
  let olga: Actor;
  let hook: Actor;
  beforeAll(async () => {
    database = await createTestDatabase();
    pool = new Pool({ connectionString: database.url, max: 2 });
    const port = await freePort();
    const env = {
      DATABASE_URL: database.url,
      PORT: String(port),
      LOG_LEVEL: 'warn',
      RATE_LIMITS: 'off',
      TRUSTED_PROXIES: '127.0.0.1',
    };
    [server, worker] = await Promise.all([
      ProductProcess.start('server', env),
      ProductProcess.start('worker', env),
    ]);
    anonymous = new Actor(`http://127.0.0.1:${port}`);
    [alice, olga] = [await signUp('alice'), await signUp('olga')];
    await pool.query(`update account set is_administrator = true where name = 'olga'`);
    const registry = await eventually(async () => {
      const created = await olga.post('/api/v1/admin/registries', {
        name: 'main',
        url: 'http://127.0.0.1:9',
        kind: 'distribution2',
      });
      assert.equal(created.status, 201, created.text);
      return created.json;
    });
    hook = anonymous.bearer(registry.hook_secret as string);
    for (const name of ['app', 'other']) {
      assert.equal((await alice.post('/api/v1/namespaces/alice/repositories', { name })).status, 201);
    }
    assert.equal((await olga.put('/api/v1/admin/official/centos', { description: 'x' })).status, 201);
  });
  afterAll(async () => {
    await server.stop();
    await worker.stop();
    await pool.end();
    await database.drop();
  });

  // Wrong passwords are limited by address, and a refusal for that would hide the field. Where the field is no credential,
  // the address stays the same: the server caches verified passwords by address.
  const from = (actor: Actor, dice: Dice, isCredential: boolean): Actor => {
    const parts = isCredential ? [dice.roll(256), dice.roll(256), dice.roll(256)] : [0, 0, 1];
    return actor.with({ 'x-forwarded-for': ['10', ...parts].join('.') });
  };

  async function signUp(username: string): Promise<Actor> {
    const password = 'a long password of alice';
    const response = await anonymous.post('/api/v1/users', {
      username,
      email: `${username}@example.org`,
      password,
    });
    assert.equal(response.status, 201, response.text);
    return anonymous.basic(username, password);
  }

  function fieldsOfOperation(operation: FuzzedOperation): Field[] {
    const { method, path, pathValues, query, body, bodyFields } = operation;
    const caller = (dice: Dice): Actor =>
      from(path.includes('/admin/') ? olga : alice, dice, /\/(?:login|user)$/.test(path));
    const name = `${method} ${path}`;
    const url = (parts: Record<string, string>, params: Record<string, string>): string => {
      const filled = path.replace(/\{(\w+)\}/g, (_, key: string) => parts[key]!);
      const search = Object.entries(params).map(([key, value]) => `${key}=${value}`);
      return search.length === 0 ? filled : `${filled}?${search.join('&')}`;
    };
    const encoded = (values: Readonly<Record<string, string>>): Record<string, string> =>
      Object.fromEntries(Object.entries(values).map(([key, value]) => [key, encodeURIComponent(value)]));
    const json = body === undefined ? {} : { json: body as unknown };
    // Without its optional parameters, so that one invalid combination does not hide the field.
    const inUrl = (where: 'path' | 'query', key: string) => async (dice: Dice) => {
      const part = hostileUrlPart(dice);
      const parts = { ...encoded(pathValues), ...(where === 'path' && { [key]: part || '%20' }) };
      return caller(dice).sendRaw(method, url(parts, where === 'query' ? { [key]: part } : {}), json);
    };
    return [
      ...Object.keys(pathValues).map((key) => ({ name: `${name} path ${key}`, send: inUrl('path', key) })),
      ...Object.keys(query).map((key) => ({ name: `${name} query ${key}`, send: inUrl('query', key) })),
      ...bodyFields.map((at) => ({
        name: `${name} body ${at.join('.')}`,
        send: async (dice: Dice) => {
          const changed = withValueAt(body, at, hostileJson(dice)) as Record<string, unknown>;
          if (name === 'POST /api/v1/users' && at[0] !== 'username') changed.username = `u${dice.roll(1e9)}`;
          const response = await caller(dice).sendRaw(method, url(encoded(pathValues), {}), {
            body: hostileBody(changed),
            headers: { 'content-type': 'application/json' },
          });
          if (name === 'PATCH /api/v1/user' && response.status === 200 && at[0] === 'password') {
            await restorePassword();
          }
          return response;
        },
      })),
    ];
  }

  // A hostile password that is accepted would end the fuzz of all that needs one.
  async function restorePassword(): Promise<void> {
    await pool.query(`update account set password_hash = other.password_hash, password_changed_at = now()
                          from account other where account.name = 'alice' and other.name = 'olga'`);
  }

  function fieldsOfOtherSurfaces(): Field[] {
    const query = (path: string, key: string, actor: () => Actor): Field => ({
      name: `GET ${path} ${key}`,
      send: (dice) =>
        from(actor(), dice, false).sendRaw(
          'GET',
          `${path}${path.includes('?') ? '&' : '?'}${key}=${hostileUrlPart(dice)}`,
        ),
    });
    const form = {
      grant_type: 'password',
      service: 'main',
      client_id: 'docker',
      username: 'alice',
      password: 'a long password of alice',
    };
    return [
      ...['service', 'scope', 'account', 'client_id', 'offline_token', 'unknown'].flatMap((key) => [
        query('/token', key, () => anonymous),
        query('/token?service=main&scope=repository:alice/app:pull', key, () => alice),
      ]),
      ...[...Object.keys(form), 'scope', 'refresh_token', 'access_type'].map((key) => ({
        name: `POST /token ${key}`,
        send: (dice: Dice) => {
          const fields = Object.entries({ ...form, ...(key === 'refresh_token' && { grant_type: key }) })
            .filter(([name]) => name !== key)
            .map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
          return from(anonymous, dice, true).sendRaw('POST', '/token', {
            body: [...fields, `${key}=${hostileUrlPart(dice)}`].join('&'),
            headers: { 'content-type': 'application/x-www-form-urlencoded' },
          });
        },
      })),
      ...['q', 'n', 'page'].map((key) => query('/v1/search', key, () => anonymous)),
      ...['n', 'last'].map((key) => query('/v2/_catalog', key, () => olga)),
      ...['/token?service=main', '/v1/search?q=a', '/v2/', '/api/v1/user', '/readyz'].flatMap((path) =>
        headerNames.map((key) => ({
          name: `GET ${path} header ${key}`,
          send: (dice: Dice) =>
            from(alice, dice, key === 'authorization').sendRaw('GET', path, {
              headers: { [key]: hostileHeader(dice) },
            }),
        })),
      ),
      {
        name: 'GET /token Basic',
        send: (dice) =>
          from(anonymous, dice, true)
            .basic(hostileText(dice), hostileText(dice).slice(0, 3_000))
            .sendRaw('GET', '/token?service=main'),
      },
      ...hookFields(),
    ];
  }

  function hookFields(): Field[] {
    return [
      ...hookBodies.flatMap(([type, body]) =>
        stringsOf(body).map((at) => ({
          name: `hook ${type} ${at.join('.')}`,
          status: 202,
          send: (dice: Dice) =>
            hook.sendRaw('POST', '/hooks/registry/main', {
              body: hostileBody(withValueAt(body, at, hostileJson(dice))),
              headers: { 'content-type': type },
            }),
        })),
      ),
      ...['ce-id', 'ce-source', 'ce-type', 'ce-time'].map((key) => ({
        name: `hook ${key}`,
        status: 202,
        send: (dice: Dice) =>
          hook.sendRaw('POST', '/hooks/registry/main', {
            json: cloudEvent.data,
            headers: { 'ce-specversion': '1.0', 'ce-id': '1', 'ce-source': 'z', [key]: hostileHeader(dice) },
          }),
      })),
      {
        name: 'hook name',
        send: (dice) => hook.sendRaw('POST', `/hooks/registry/${hostileUrlPart(dice) || 'x'}`, { json: {} }),
      },
    ];
  }

  it('in any string field of any route is never answered with 5xx', async () => {
    const document = (await anonymous.get('/api/openapi.json')).json;
    const fields = [...operationsOf(document).flatMap(fieldsOfOperation), ...fieldsOfOtherSurfaces()];
    assert.ok(fields.length > 200, `${fields.length} fields`);
    const statuses = new Map<number, number>();
    const wrong: string[] = [];
    let next = 0;
    const run = async (): Promise<void> => {
      for (let n = next++; n < requests && wrong.length < 20; n = next++) {
        // Every field has its turn; the values of a request depend on the seed and its number only.
        const field = fields[n % fields.length]!;
        if (n % 50 === 0) await pool.query('delete from password_failure');
        const { status, text } = await field.send(new Dice(seed + n));
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        if (status >= 500 || status === 0 || (field.status ?? status) !== status) {
          wrong.push(`FUZZ_SEED=${seed} #${n} ${field.name}: ${status} ${text.slice(0, 200)}`);
        }
      }
    };
    await Promise.all(Array.from({ length: concurrency }, run));
    const counts = [...statuses].sort().map(([status, count]) => `${status}: ${count}`);
    diagnostic(`${requests} requests, ${fields.length} fields, seed ${seed}, ${counts.join(', ')}`);
    assert.deepEqual(wrong, []);
    assert.ok((statuses.get(200) ?? 0) > requests / 20, 'many requests are valid but for one field');
    assertChecked(server);
  }, 1_800_000);

  it('in events of registries fails no job', async () => {
    await eventually(async () => {
      // A push stays pending, because nothing responds at the address of the registry; its job is retried.
      const { rowCount } = await pool.query(
        'select from graphile_worker.jobs where attempts = 0 and run_at <= now()',
      );
      assert.equal(rowCount, 0);
    }, 60_000);
    assertChecked(worker);
  });

  // Each value is refused or made storable before it reaches the database.
  function assertChecked(from: ProductProcess): void {
    const failures = from.lines.filter(({ err }) => /^(?:2[23]|54)|Error$/.test(kindOf(err)));
    assert.deepEqual(
      failures.slice(0, 5).map(({ msg, err }) => JSON.stringify({ msg, err })),
      [],
    );
  }

  function kindOf(err: unknown): string {
    const { sqlState, type = '', message } = (err ?? {}) as Readonly<Record<string, string | undefined>>;
    // Nothing responds at the addresses of registries, which fails their scheduled reconciles as well.
    if (/^reconcile of (\S+): the registry \1 cannot be reached$/.test(message ?? '')) return '';
    return sqlState ?? (type === 'DomainError' ? '' : type);
  }
});
