import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { Client } from 'pg';
import type { Browser } from '../support/browser';
import type { HttpResponse } from '../support/client';
import { eventually } from '../support/eventually';
import { FakeRegistry } from '../support/fake-registry';
import { imageOf } from '../support/images';
import { IndexUnderTest } from '../support/index-under-test';
import { administratorInBrowser, assertPage } from '../support/page-checks';
import { RegistryUser } from '../support/registry-user';

describe('pages of registries', () => {
  let index: IndexUnderTest;
  let main: FakeRegistry;
  let eu: FakeRegistry;
  let sql: Client;
  let olga: Browser;
  let secret: string;
  const page = '/admin/registries/main';

  beforeAll(async () => {
    index = await IndexUnderTest.start({ RATE_LIMITS: 'off' });
    main = await FakeRegistry.start({ service: 'main' });
    eu = await FakeRegistry.start({ service: 'eu' });
    sql = new Client({ connectionString: index.database.url });
    await sql.connect();
    await index.signUp('alice');
    olga = await administratorInBrowser(index, 'olga');
    secret = await add('main', main.url);
    await add('eu', eu.url);
  });
  afterAll(async () => {
    await sql.end();
    await main.stop();
    await eu.stop();
    await index.stop();
  });

  const form = (name: string, url: string): Record<string, string> => ({
    name,
    url,
    kind: 'distribution2',
    token_algorithm: 'ES256',
    host: '',
    hook_url: '',
    service: '',
    token_ttl: '',
  });
  async function add(name: string, url: string): Promise<string> {
    const added = await olga.submit('/admin/registries', '/admin/registries', form(name, url));
    assertPage(added);
    assert.match(added.text, /rootcertbundle: \/etc\/central-index\/\w+\.ca\.pem/);
    assert.match(added.text, /-----BEGIN CERTIFICATE-----/);
    return /Bearer (\S+)/.exec(added.text)![1]!;
  }
  /** Follows a form that requests an operation until it has finished. Returns the page of the operation. */
  async function finished({ status, headers, text }: HttpResponse): Promise<string> {
    assert.equal(status, 303, text);
    assert.match(headers.location!, /^\/admin\/operations\/\d+$/);
    return eventually(async () => {
      const shown = await olga.get(headers.location!);
      assertPage(shown);
      assert.match(shown.text, /<dd>succeeded<\/dd>/);
      assert.doesNotMatch(shown.text, /data-refresh/);
      return shown.text;
    }, 15_000);
  }
  const registry = async (name: string): Promise<HttpResponse['json']> => {
    const { rows } = await sql.query('select * from registry where name = $1', [name]);
    return rows[0];
  };

  it('add a registry, whose secret works and is shown once', async () => {
    const response = await index.anonymous.bearer(secret).send('POST', '/hooks/registry/main', {
      body: '{"events":[]}',
      headers: { 'content-type': 'application/vnd.docker.distribution.events.v1+json' },
    });
    assert.equal(response.status, 202);
    for (const path of [page, '/admin/registries', '/admin/audit']) {
      const shown = await olga.get(path);
      assertPage(shown);
      assert.ok(!shown.text.includes(secret));
    }
    const renewed = await olga.submit(page, `${page}/fragment`, {});
    assertPage(renewed);
    assert.notEqual(/Bearer (\S+)/.exec(renewed.text)![1], secret);
    const bad = await olga.submit(page, `${page}/fragment`, { certificate_path: 'not absolute' });
    assertPage(bad, 422);
    assert.match(bad.text, /value="not absolute"[\s\S]*id="certificate_path-error"/);
    const whole = { full_config: 'true', certificate_path: '/srv/ca.pem' };
    const configuration = await olga.submit(page, `${page}/fragment`, whole);
    assert.match(configuration.text, /rootdirectory: [\s\S]*rootcertbundle: \/srv\/ca\.pem/);
  });

  it('keep what was typed into a form that is refused, with errors beside the fields', async () => {
    const typed = {
      ...form('Bad Name', 'not a url'),
      token_ttl: 'soon',
      service: 'typed service',
      behind_proxy: 'true',
    };
    const refused = await olga.submit('/admin/registries', '/admin/registries', typed);
    assertPage(refused, 422);
    for (const value of ['Bad Name', 'not a url', 'soon', 'typed service']) {
      assert.ok(refused.text.includes(`value="${value}"`), value);
    }
    assert.match(refused.text, /id="token_ttl-error"/);
    assert.match(refused.text, /name="behind_proxy" value="true" checked/);
    const twice = await olga.submit('/admin/registries', '/admin/registries', form('main', main.url));
    assertPage(twice, 422);
    assert.match(twice.text, /Another registry has the/);
  });

  it('say what is wrong in the language of the page', async () => {
    const admin = await administratorInBrowser(index, 'zhang', { 'accept-language': 'zh-CN' });
    const list = '/admin/registries';
    const typed = {
      ...form('Bad Name', 'not a url'),
      host: 'a b',
      service: '"',
      hook_url: 'x',
      token_ttl: '5',
    };
    const target = '/admin/registries/main';
    const responses = [
      await admin.submit(list, list, typed),
      await admin.submit(list, list, { ...typed, token_ttl: 'soon' }),
      await admin.submit(list, '/admin/placement-rules', { pattern: 'a/b/c', registry: 'main' }),
      await admin.submit(target, `${target}/fragment`, { certificate_path: 'x' }),
      await admin.submit(target, `${target}/reconcile`, { limit: '0' }),
      await admin.submit(target, `${target}/move`, { repository: 'alice/absent' }),
      await admin.submit(target, `${target}/remove`, { confirm: 'x' }),
      await admin.submit('/admin/official', '/admin/official', { name: 'No Name', description: 'a\tb' }),
      await admin.submit('/admin/accounts/alice', '/admin/accounts/alice/namespaces', {
        namespace: 'absent',
      }),
      await admin.submit('/admin/accounts', '/admin/accounts/invites', { email: 'x' }),
    ];
    for (const response of responses) {
      assertPage(response, 422);
      const errors = [...response.text.matchAll(/<p id="[^"]*-error" class="error">([^<]*)<\/p>/g)];
      assert.ok(errors.length > 0);
      for (const [, text] of errors) {
        assert.match(text!, /^[^A-Za-z（]*\p{Script=Han}/u);
        assert.doesNotMatch(text!, /不符合要求/);
      }
    }
  });

  it('change a registry, and restore defaults by empty fields', async () => {
    const settings = { url: main.url, host: new URL(main.url).host };
    const set = { ...settings, hook_url: 'http://index.example.org', token_ttl: '900', behind_proxy: 'true' };
    assert.equal((await olga.submit(page, `${page}/settings`, set)).headers.location, page);
    const changed = await registry('main');
    assert.deepEqual(
      [changed.hook_url, changed.token_ttl, changed.behind_proxy],
      ['http://index.example.org', 900, true],
    );
    const bad = await olga.submit(page, `${page}/settings`, { ...set, url: '', token_ttl: '5' });
    assertPage(bad, 422);
    assert.match(bad.text, /id="token_ttl-error"/);
    const empty = { ...settings, hook_url: '', token_ttl: '' };
    assert.equal((await olga.submit(page, `${page}/settings`, empty)).status, 303);
    const restored = await registry('main');
    assert.deepEqual([restored.hook_url, restored.token_ttl, restored.behind_proxy], [null, null, false]);
  });

  it('run the doctor, and print each check with its verdict', async () => {
    const well = await olga.get(`${page}/doctor`);
    assertPage(well);
    for (const check of ['reachable', 'challenge', 'token', 'catalog', 'notifications', 'drift']) {
      assert.match(well.text, new RegExp(`<th[^>]*>${check}</th><td class="check \\w+">\\w+</td>`));
    }
    assert.match((await olga.get(page)).text, /<form action="\/admin\/registries\/main\/doctor">/);
    await sql.query(`update registry set url = 'http://127.0.0.1:1' where name = 'eu'`);
    const bad = await olga.get('/admin/registries/eu/doctor');
    assertPage(bad);
    assert.match(bad.text, /<td class="check failed">Failed<\/td>/);
    await sql.query('update registry set url = $1 where name = $2', [eu.url, 'eu']);
  });

  it('reconcile, adopt and move, with the result on the page of the operation', async () => {
    await new RegistryUser(main.url, 'alice').push('alice/app', imageOf('app'), 'v1');
    const dry = await finished(await olga.submit(page, `${page}/reconcile`, { dry_run: 'true', limit: '' }));
    assert.match(dry, /Dry run[\s\S]*Unknown names in the registry<\/dt><dd>1</);
    const adopted = await finished(
      await olga.submit(page, `${page}/adopt`, { pattern: 'alice/*', visibility: 'public' }),
    );
    assert.match(adopted, /1 adopted, 0 skipped[\s\S]*alice\/app/);
    assert.equal((await index.anonymous.get('/api/v1/repositories/alice/app')).json.registry, 'main');
    const target = '/admin/registries/eu';
    const absent = await olga.submit(target, `${target}/move`, { repository: 'alice/absent' });
    assertPage(absent, 422);
    assert.match(absent.text, /value="alice\/absent"[\s\S]*id="repository-error"/);
    const moved = await finished(await olga.submit(target, `${target}/move`, { repository: 'alice/app' }));
    assert.match(moved, /From<\/dt><dd><span translate="no">main</);
    assert.equal((await index.anonymous.get('/api/v1/repositories/alice/app')).json.registry, 'eu');
    assertPage(await olga.submit(page, `${page}/reconcile`, { limit: 'many' }), 422);
    const list = await olga.get('/admin/operations?per_page=2');
    assertPage(list);
    assert.match(list.text, /rel="next"/);
    assertPage(await olga.get('/admin/operations/999999'), 404);
  });

  it('request an operation once for a form that is sent twice', async () => {
    const fields = await olga.fieldsOf(page, `${page}/reconcile`);
    const responses = await Promise.all([1, 2, 3].map(() => olga.post(`${page}/reconcile`, fields)));
    const locations = new Set(responses.map(({ headers }) => headers.location));
    assert.equal(locations.size, 1);
    await finished(responses[0]!);
  });

  it('list parked events, inert, and retry them', async () => {
    const renewed = await olga.submit(page, `${page}/fragment`, {});
    const notifier = index.anonymous.bearer(/Bearer (\S+)/.exec(renewed.text)![1]!);
    const body = 'no JSON <script>alert(1)</script>';
    const headers = { 'content-type': 'application/vnd.docker.distribution.events.v1+json' };
    assert.equal((await notifier.send('POST', '/hooks/registry/main', { body, headers })).status, 202);
    const shown = await olga.get(page);
    assertPage(shown);
    assert.match(shown.text, /Parked events[\s\S]*no JSON &lt;script>alert|no JSON &lt;script&gt;/);
    assert.match((await olga.get('/admin/overview')).text, /1 event of main is parked/);
    await sql.query(`update registry_event set event_id = 'readable' where state = 'parked'`);
    assert.equal((await olga.submit(page, `${page}/events/retry`, {})).headers.location, page);
    const audit = await olga.get('/admin/audit?action=registry.events-retried&subject=main');
    assert.match(audit.text, /events: 1/);
    await sql.query(`update registry_event set state = 'parked' where event_id = 'readable'`);
    const discard = `${page}/events/discard`;
    const refused = await olga.submit(page, discard, { confirm: 'eu' });
    assertPage(refused, 422);
    assert.match(refused.text, /<details class="narrow" open>[\s\S]*id="discard-error"/);
    assert.doesNotMatch(refused.text, /id="confirm-error"/);
    assert.equal((await olga.submit(page, discard, { confirm: 'main' })).headers.location, page);
    assert.doesNotMatch((await olga.get(page)).text, /no JSON/);
  });

  it('set and remove placement rules', async () => {
    const [list, action] = ['/admin/registries', '/admin/placement-rules'];
    const bad = await olga.submit(list, action, { pattern: 'a/b/c', registry: 'eu' });
    assertPage(bad, 422);
    assert.match(bad.text, /value="a\/b\/c"[\s\S]*id="pattern-error"/);
    assert.equal(
      (await olga.submit(list, action, { pattern: 'team-*', registry: 'eu' })).headers.location,
      list,
    );
    assert.match((await olga.get(list)).text, /<code>team-\*\/\*<\/code>/);
    assert.equal((await olga.submit(list, `${action}/remove`, {})).headers.location, list);
    assert.doesNotMatch((await olga.get(list)).text, /team-\*\/\*/);
  });

  it('remove a registry after its name was typed, with its repositories only if that was chosen', async () => {
    const target = '/admin/registries/eu';
    assertPage(await olga.submit(target, `${target}/remove`, { confirm: 'main' }), 422);
    const inUse = await olga.submit(target, `${target}/remove`, { confirm: 'eu' });
    assertPage(inUse, 422);
    assert.match(inUse.text, /Repositories are placed/);
    const removed = await olga.submit(target, `${target}/remove`, { confirm: 'eu', orphan: 'true' });
    assert.deepEqual([removed.status, removed.headers.location], [303, '/admin/registries']);
    assertPage(await olga.get(target), 404);
    assert.equal((await index.anonymous.get('/api/v1/repositories/alice/app')).status, 404);
  });

  it('check and rebuild search', async () => {
    const search = '/admin/search';
    const checked = await finished(await olga.submit(search, `${search}/check`, { repair: 'false' }));
    assert.match(checked, /Nothing differs\./);
    const rebuilt = await finished(await olga.submit(search, `${search}/rebuild`, {}));
    assert.match(rebuilt, /Documents written/);
    const { json } = await index.anonymous
      .basic('olga', 'a long password of olga')
      .get('/api/v1/admin/operations?per_page=2');
    assert.deepEqual(
      json.items.map(({ kind }: { kind: string }) => kind),
      ['search-rebuild', 'search-check'],
    );
  });

  it('list jobs that failed, and let them run again', async () => {
    const add = `select id from graphile_worker.add_job('operation.requested', '{"operationId": "999999"}',
                   run_at => now() + interval '1 day')`;
    const { rows } = await sql.query<{ id: string }>(add);
    const { id } = rows[0]!;
    await sql.query(
      `update graphile_worker._private_jobs set attempts = max_attempts, last_error = '<b>broken</b>' where id = $1`,
      [id],
    );
    const listed = await olga.get('/admin/search');
    assertPage(listed);
    assert.match(listed.text, /operation\.requested #\d+[\s\S]*&lt;b>broken|&lt;b&gt;broken/);
    const retry = await olga.submit('/admin/search', `/admin/jobs/${id}/retry`, {});
    assert.deepEqual([retry.status, retry.headers.location], [303, '/admin/search#jobs']);
    await eventually(async () => {
      const left = await sql.query('select from graphile_worker.jobs where id = $1', [id]);
      assert.equal(left.rows.length, 0);
    });
    assert.match((await olga.get('/admin/search')).text, /No job has failed/);
    assert.match((await olga.get('/admin/audit?action=jobs.retried')).text, /jobs: 1/);
  });
});
