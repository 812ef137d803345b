import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { Client } from 'pg';
import { parse } from 'yaml';
import { runCommand } from '../support/cli';
import type { Actor } from '../support/client';
import { eventually } from '../support/eventually';
import { FakeRegistry } from '../support/fake-registry';
import { imageOf } from '../support/images';
import { IndexUnderTest } from '../support/index-under-test';
import type { CommandResult } from '../support/product';
import { RegistryUser } from '../support/registry-user';
import { createAdministrator } from '../support/users';

describe('a registry', () => {
  let index: IndexUnderTest;
  let fake: FakeRegistry;
  let sql: Client;
  let alice: Actor;
  let olga: Actor;
  let secret: string;
  let folder: string;
  const route = '/api/v1/admin/registries';
  beforeAll(async () => {
    index = await IndexUnderTest.start();
    fake = await FakeRegistry.start({ service: 'main' });
    sql = new Client({ connectionString: index.database.url });
    await sql.connect();
    alice = await index.signUp('alice');
    olga = await createAdministrator(index, 'olga');
    const added = await olga.post(route, { name: 'main', url: fake.url, host: 'old.example.org' });
    secret = added.json.hook_secret;
    await olga.post(route, { name: 'eu', url: 'http://localhost:1', host: 'eu.example.org' });
    folder = mkdtempSync(join(tmpdir(), 'registry-changes-'));
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await sql.end();
    await fake.stop();
    await index.stop();
  });

  const run = (...args: string[]): Promise<CommandResult> => runCommand(index, 'registry', ...args);
  const main = async () =>
    (await olga.get(route)).json.items.find(({ name }: { name: string }) => name === 'main');
  const notify = (key: string): Promise<number> =>
    index.anonymous
      .bearer(key)
      .send('POST', '/hooks/registry/main', {
        body: JSON.stringify({ events: [{ id: randomUUID(), action: 'sneeze' }] }),
      })
      .then(({ status }) => status);
  const grants = async (service: string): Promise<number> =>
    (await alice.get(`/token?service=${service}&scope=repository:alice/app:pull,push`)).status;

  it('keeps its repositories and placement rules when its addresses change', async () => {
    assert.equal(await grants('main'), 200);
    await new RegistryUser(fake.url, 'alice').push('alice/app', imageOf('app'), 'v1');
    for (const event of fake.drainEvents()) {
      const body = JSON.stringify({ events: [event] });
      const headers = { 'content-type': 'application/vnd.docker.distribution.events.v1+json' };
      await index.anonymous.bearer(secret).send('POST', '/hooks/registry/main', { body, headers });
    }
    const app = '/api/v1/repositories/alice/app';
    await eventually(async () => assert.equal((await alice.get(app)).json.tags, 1));
    await olga.put('/api/v1/admin/placement-rules', { pattern: 'team-*', registry: 'main' });

    const second = await FakeRegistry.start({ service: 'main' });
    second.fill('alice/app', imageOf('app'), ['v1', 'v2']);
    try {
      const changed = await olga.patch(`${route}/main`, {
        url: `${second.url}/`,
        host: 'New.Example.org:5000',
        hook_url: 'http://10.0.0.1:8080',
        token_ttl: 600,
      });
      assert.equal(changed.status, 200, changed.text);
      assert.deepEqual(changed.json, await main());
      const { url, host, hook_url: hookUrl, token_ttl: ttl, behind_proxy: behind, service } = changed.json;
      assert.deepEqual(
        [url, host, hookUrl, ttl, behind, service],
        [second.url, 'new.example.org:5000', 'http://10.0.0.1:8080', 600, false, 'main'],
      );
      assert.equal((await alice.get(app)).json.pull_command, 'docker pull new.example.org:5000/alice/app:v1');
      const rules = (await olga.get('/api/v1/admin/placement-rules')).json.items;
      assert.deepEqual(rules, [{ pattern: 'team-*/*', registry: 'main' }]);
      const token = await alice.get('/token?service=main&scope=repository:alice/app:pull,push');
      assert.equal(token.json.expires_in, 600);
      assert.equal(await grants('eu'), 403);
      assert.equal((await run('reconcile', 'main')).code, 0);
      assert.equal((await alice.get(app)).json.tags, 2);
      await olga.patch(`${route}/main`, { url: fake.url, hook_url: null, token_ttl: null });
      assert.deepEqual([(await main()).hook_url, (await main()).token_ttl], [null, null]);
    } finally {
      await second.stop();
    }
  });

  it('is changed as a whole or not at all, by its own name in any case of letters', async () => {
    const before = await main();
    const refusals: [object, number, string][] = [
      [{}, 400, 'VALIDATION_FAILED'],
      [{ url: 'file:///etc' }, 400, 'VALIDATION_FAILED'],
      [{ url: 'http://localhost/path' }, 400, 'VALIDATION_FAILED'],
      [{ url: null }, 400, 'VALIDATION_FAILED'],
      [{ host: 'http://x' }, 400, 'VALIDATION_FAILED'],
      [{ host: '' }, 400, 'VALIDATION_FAILED'],
      [{ hook_url: 'x' }, 400, 'VALIDATION_FAILED'],
      [{ token_ttl: 59, behind_proxy: true }, 400, 'VALIDATION_FAILED'],
      [{ token_ttl: 60.5 }, 400, 'VALIDATION_FAILED'],
      [{ name: 'other' }, 400, 'VALIDATION_FAILED'],
      [{ service: 'other' }, 400, 'VALIDATION_FAILED'],
      [{ kind: 'zot' }, 400, 'VALIDATION_FAILED'],
      [{ host: 'EU.example.org', behind_proxy: true }, 409, 'REGISTRY_EXISTS'],
    ];
    for (const [body, status, code] of refusals) {
      const response = await olga.patch(`${route}/main`, body);
      assert.deepEqual([response.status, response.json.errors[0].code], [status, code], JSON.stringify(body));
    }
    assert.deepEqual(await main(), before);
    assert.equal((await alice.patch(`${route}/main`, { token_ttl: 600 })).status, 403);
    assert.equal((await olga.patch(`${route}/MAIN`, { token_ttl: 300 })).json.token_ttl, 300);
    assert.equal((await olga.patch(`${route}/none`, { token_ttl: 300 })).status, 404);
  });

  it('is changed by the command `registry set`', async () => {
    const set = await run(
      'set',
      'main',
      '--url',
      fake.url,
      '--host',
      'reg.example.org',
      '--token-ttl',
      '900',
    );
    assert.equal(set.code, 0, set.stderr);
    assert.match(set.stdout, /clients use it as reg\.example\.org/);
    assert.deepEqual([(await main()).host, (await main()).token_ttl], ['reg.example.org', 900]);
    const hook = await run('set', 'main', '--hook-url', 'http://10.0.0.1:8080', '--behind-proxy');
    assert.match(hook.stdout, /central-index registry fragment main --config main\.part\.yml/);
    const json = await run('set', 'main', '--no-hook-url', '--no-token-ttl', '--no-behind-proxy', '--json');
    assert.deepEqual(JSON.parse(json.stdout), await main());
    assert.deepEqual(
      [(await main()).hook_url, (await main()).token_ttl, (await main()).behind_proxy],
      [null, null, false],
    );
    for (const args of [
      ['--token-ttl', 'x'],
      ['--host', 'eu.example.org'],
    ]) {
      const refused = await run('set', 'main', ...args);
      assert.notEqual(refused.code, 0, args.join(' '));
      assert.equal(refused.stdout, '');
    }
  });

  it('has a new fragment, whose secret replaces the former ones at its first event', async () => {
    const file = join(folder, 'main.part.yml');
    writeFileSync(file, 'a former fragment');
    const fragment = async (): Promise<string> => {
      const { code, stderr } = await run('fragment', 'main', '--config', file);
      assert.equal(code, 0, stderr);
      const text = readFileSync(file, 'utf8');
      const { auth, notifications } = parse(text);
      assert.equal(auth.token.service, 'main');
      assert.equal(auth.token.rootcertbundle, `${file}.ca.pem`);
      assert.match(readFileSync(`${file}.ca.pem`, 'utf8'), /BEGIN CERTIFICATE/);
      assert.equal(statSync(file).mode & 0o777, 0o600);
      const [header] = notifications.endpoints[0].headers.Authorization as [string];
      return header.slice('Bearer '.length);
    };
    const [second, third] = [await fragment(), await fragment()];
    assert.equal(new Set([secret, second, third]).size, 3);
    // The operator may have used the second fragment, or neither.
    assert.deepEqual([await notify(secret), await notify(secret)], [202, 202]);
    assert.equal(await notify(second), 202);
    assert.equal(await notify(secret), 401, 'the second fragment is in use');
    assert.equal(await notify(second), 202);
    assert.equal(await notify(third), 202);
    assert.deepEqual([await notify(second), await notify(third)], [401, 202]);
    const { rows } = await sql.query('select from former_hook_secret');
    assert.equal(rows.length, 0);
    secret = third;
    const audit = await olga.get('/api/v1/admin/audit?per_page=100');
    assert.equal(audit.text.match(/registry\.secret-renewed/g)?.length, 2);
    assert.ok(!audit.text.includes(third));
  });

  it('loses its former secret in every process, and after 24 hours', async () => {
    const other = await IndexUnderTest.start({}, index.database);
    try {
      const notifyOther = (key: string): Promise<number> =>
        other.anonymous
          .bearer(key)
          .send('POST', '/hooks/registry/main', { body: '{"events":[]}' })
          .then(({ status }) => status);
      const renewed = await run('fragment', 'main', '--json');
      const { fragment, certificate } = JSON.parse(renewed.stdout);
      if (existsSync(certificate)) rmSync(certificate);
      const next = /Bearer (ci_hook_\S+)/.exec(fragment as string)![1]!;
      assert.deepEqual([await notifyOther(secret), await notify(secret)], [202, 202]);
      assert.equal(await notify(next), 202);
      await eventually(async () => assert.equal(await notifyOther(secret), 401));
      await run('fragment', 'main', '--config', join(folder, 'late.yml'));
      assert.equal(await notify(next), 202);
      const { rows } = await sql.query<{ hours: number }>(
        'select extract(epoch from expires_at - now()) / 3600 as hours from former_hook_secret',
      );
      assert.ok(rows.length === 1 && Number(rows[0]!.hours) > 23.9 && Number(rows[0]!.hours) <= 24);
      await sql.query(`update former_hook_secret set expires_at = now() - interval '1 second'`);
      await sql.query(`update registry set token_ttl = 301 where name = 'main'`);
      await eventually(async () => assert.equal(await notify(next), 401));
    } finally {
      await other.stop();
    }
  });

  it('has its fragment, or a whole configuration, by HTTP and by the command', async () => {
    const renew = (body?: object, name = 'main') => olga.post(`${route}/${name}/fragment`, body);
    const secretIn = (text: string): string => /Bearer (ci_hook_\S+)/.exec(text)![1]!;
    const made = await renew();
    assert.equal(made.status, 200, made.text);
    const { registry, fragment, certificate, certificate_path: path } = made.json;
    assert.deepEqual([registry, path], ['main', '/etc/central-index/main.ca.pem']);
    assert.match(certificate, /BEGIN CERTIFICATE/);
    assert.deepEqual(Object.keys(parse(fragment)), ['auth', 'notifications']);
    assert.equal(parse(fragment).auth.token.rootcertbundle, path);
    const whole = await renew({ full_config: true, certificate_path: '/srv/ca.pem' });
    const configuration = parse(whole.json.fragment);
    assert.equal(configuration.auth.token.rootcertbundle, '/srv/ca.pem');
    assert.deepEqual([configuration.version, configuration.http.addr], [0.1, `:${new URL(fake.url).port}`]);
    const file = join(folder, 'whole.yml');
    assert.equal((await run('fragment', 'main', '--full-config', '--config', file)).code, 0);
    const written = readFileSync(file, 'utf8');
    assert.deepEqual(Object.keys(parse(written)), Object.keys(configuration));
    // Each has a secret of its own, and the last one that is used ends the former ones.
    const secrets = [fragment, whole.json.fragment, written].map(secretIn);
    assert.equal(new Set(secrets).size, 3);
    for (const key of secrets) assert.equal(await notify(key), 202);
    assert.equal(await notify(secrets[0]!), 401);
    const old = await olga.post(route, { name: 'classic', url: 'http://localhost:2', kind: 'v1' });
    assert.equal(old.status, 201, old.text);
    const classic = (await renew({}, 'classic')).json;
    assert.deepEqual([classic.certificate, classic.certificate_path], [null, null]);
    assert.deepEqual(parse(classic.fragment), {
      standalone: false,
      index_endpoint: index.config.server.publicUrl,
    });
    // Only administrators renew, and what is refused renews nothing.
    const { rows: before } = await sql.query(`select hook_secret_hash from registry where name = 'main'`);
    assert.equal((await alice.post(`${route}/main/fragment`)).status, 403);
    assert.equal((await index.anonymous.post(`${route}/main/fragment`)).status, 401);
    for (const body of [
      { certificate_path: 'x' },
      { certificate_path: '/a\nb' },
      { full_config: 1 },
      { x: 1 },
    ]) {
      assert.equal((await renew(body)).status, 400, JSON.stringify(body));
    }
    assert.equal((await renew({}, 'none')).status, 404);
    const { rows: after } = await sql.query(`select hook_secret_hash from registry where name = 'main'`);
    assert.deepEqual(after, before);
  });

  it('keeps its secret when the fragment cannot be written', async () => {
    const { rows: before } = await sql.query(`select hook_secret_hash from registry where name = 'main'`);
    for (const path of [folder, join(folder, 'no', 'such', 'folder.yml')]) {
      const { code, stdout, stderr } = await run('fragment', 'main', '--config', path);
      assert.deepEqual([code === 0, stdout, stderr.trim().split('\n').length], [false, '', 1], stderr);
    }
    const { rows: after } = await sql.query(`select hook_secret_hash from registry where name = 'main'`);
    assert.deepEqual(after, before);
  });
});
