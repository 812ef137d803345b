import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { Client } from 'pg';
import type { Actor } from '../support/client';
import { IndexUnderTest } from '../support/index-under-test';
import { createAdministrator } from '../support/users';

describe('registries', () => {
  let index: IndexUnderTest;
  let alice: Actor;
  let olga: Actor;
  let sql: Client;
  const route = '/api/v1/admin/registries';
  beforeAll(async () => {
    index = await IndexUnderTest.start();
    alice = await index.signUp('alice');
    olga = await createAdministrator(index, 'olga');
    sql = new Client({ connectionString: index.database.url });
    await sql.connect();
  });
  afterAll(async () => {
    await sql.end();
    await index.stop();
  });

  it('are added by administrators, who see the notification secret once', async () => {
    const added = await olga.post(route, { name: 'main', url: 'http://localhost:5000' });
    assert.equal(added.status, 201, added.text);
    const { hook_secret: secret, created_at: createdAt, ...rest } = added.json;
    assert.match(secret, /^ci_hook_[A-Za-z0-9_-]{43}$/);
    assert.deepEqual(rest, {
      name: 'main',
      url: 'http://localhost:5000',
      host: 'localhost:5000',
      hook_url: null,
      service: 'main',
      kind: 'distribution2',
      token_algorithm: 'ES256',
      behind_proxy: false,
      token_ttl: null,
    });
    const list = await olga.get(route);
    assert.deepEqual(list.json, { items: [{ ...rest, created_at: createdAt }], next: null });
    const { rows } = await sql.query('select row_to_json(registry)::text as all from registry');
    assert.ok(!JSON.stringify(rows).includes(secret));
    const { rows: auditEvents } = await sql.query(
      `select actor, subject, detail from audit_event where action = 'registry.added'`,
    );
    assert.equal(auditEvents[0].actor, 'olga');
    assert.ok(!JSON.stringify(auditEvents).includes(secret));
  });

  it('are marked as being behind a proxy, by administrators only', async () => {
    const change = (caller: Actor, body: unknown, name = 'main') => caller.patch(`${route}/${name}`, body);
    for (const behind of [true, false]) {
      const changed = await change(olga, { behind_proxy: behind });
      assert.deepEqual([changed.status, changed.json.behind_proxy], [200, behind], changed.text);
      assert.equal((await olga.get(route)).json.items[0].behind_proxy, behind);
    }
    assert.equal((await change(alice, { behind_proxy: true })).status, 403);
    assert.equal((await change(index.anonymous, { behind_proxy: true })).status, 401);
    assert.equal((await change(olga, { behind_proxy: true }, 'none')).status, 404);
    for (const body of [{}, { behind_proxy: 'yes' }, { behind_proxy: true, nosuch: 1 }]) {
      assert.equal((await change(olga, body)).status, 400, JSON.stringify(body));
    }
    const { rows } = await sql.query(`select detail from audit_event where action = 'registry.changed'`);
    assert.deepEqual(rows, [{ detail: { behindProxy: true } }, { detail: { behindProxy: false } }]);
  });

  it('return 401 or 403 to all other callers', async () => {
    for (const caller of [index.anonymous, alice]) {
      for (const response of [
        await caller.get(route),
        await caller.post(route, { name: 'mine', url: 'http://localhost:1' }),
        await caller.delete(`${route}/main`),
      ]) {
        assert.ok([401, 403].includes(response.status), String(response.status));
      }
    }
    assert.equal((await olga.get(route)).json.items.length, 1);
  });

  it('have unique names, services and hosts, and reject unknown and invalid fields', async () => {
    const url = 'http://localhost:5001';
    const refusals: [object, number, string][] = [
      [{ name: 'main', url }, 409, 'REGISTRY_EXISTS'],
      [{ name: 'other', url, service: 'main' }, 409, 'REGISTRY_EXISTS'],
      [{ name: 'other', url, host: 'LOCALHOST:5000' }, 409, 'REGISTRY_EXISTS'],
      [{ name: 'central-index', url }, 400, 'VALIDATION_FAILED'],
      [{ name: 'other', url, service: 'central-index' }, 400, 'VALIDATION_FAILED'],
      [{ name: 'other', url: 'file:///etc/passwd' }, 400, 'VALIDATION_FAILED'],
      [{ name: 'other', url, id: '7' }, 400, 'VALIDATION_FAILED'],
      [{ name: 'other', url, kind: 'quay' }, 400, 'VALIDATION_FAILED'],
      [{ name: 'other\0', url }, 400, 'VALIDATION_FAILED'],
      [{ name: 'other' }, 400, 'VALIDATION_FAILED'],
      [{}, 400, 'VALIDATION_FAILED'],
    ];
    for (const [body, status, code] of refusals) {
      const response = await olga.post(route, body);
      assert.deepEqual([response.status, response.json.errors[0].code], [status, code], JSON.stringify(body));
    }
    const responses = await Promise.all(
      [1, 2, 3, 4].map(() => olga.post(route, { name: 'race', url: 'http://race' })),
    );
    assert.deepEqual(responses.map(({ status }) => status).sort(), [201, 409, 409, 409]);
    assert.equal((await olga.delete(`${route}/race`)).status, 204);
  });

  it('are not deleted while they have repositories, unless these are orphaned', async () => {
    await sql.query(
      `insert into repository (namespace_id, path, name, state, registry_id, registry_path)
       select namespace.id, 'alice/' || word, word, state, registry.id, 'alice/' || word
         from namespace, registry, (values ('app', 'active'), ('new', 'pending'), ('gone', 'deleted')) as r(word, state)
        where namespace.name = 'alice' and registry.name = 'main'`,
    );
    await sql.query(
      `insert into manifest (repository_id, digest, media_type) select id, 'sha256:x', 'x' from repository where name = 'app'`,
    );
    const refused = await olga.delete(`${route}/main`);
    assert.deepEqual([refused.status, refused.json.errors[0].code], [409, 'REGISTRY_IN_USE']);
    assert.equal((await olga.get(route)).json.items.length, 1);
    assert.equal((await olga.delete(`${route}/main?orphan=true`)).status, 204);
    assert.deepEqual((await olga.get(route)).json.items, []);
    const { rows } = await sql.query(`select name, state, registry_id from repository order by name`);
    assert.deepEqual(rows, [
      { name: 'app', state: 'hidden', registry_id: null },
      { name: 'gone', state: 'deleted', registry_id: null },
    ]);
    assert.equal((await olga.delete(`${route}/main`)).status, 404);
    assert.equal((await olga.delete(`${route}/%00`)).status, 404);
  });
});
