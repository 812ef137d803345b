import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { Browser } from '../support/browser';
import { FakeRegistry } from '../support/fake-registry';
import { IndexUnderTest } from '../support/index-under-test';
import { administratorInBrowser, assertPage, signUpInBrowser } from '../support/page-checks';
import { routesOf } from '../support/routes';

describe('pages of administration', () => {
  let index: IndexUnderTest;
  let olga: Browser;
  let registry: FakeRegistry;
  beforeAll(async () => {
    index = await IndexUnderTest.start({ RATE_LIMITS: 'off' });
    olga = await administratorInBrowser(index, 'olga');
    registry = await FakeRegistry.start({ service: 'main' });
  });
  afterAll(async () => {
    await registry.stop();
    await index.stop();
  });

  const adminRoutes = (): { method: string; path: string }[] =>
    routesOf(index)
      .flatMap(({ method, paths }) => paths.map((path) => ({ method, path })))
      .filter(({ path }) => /^\/admin(\/|$)/.test(path))
      .map(({ method, path }) => ({
        method,
        path: path.replace(':name', 'alice').replace(':id', '1').replace(':change', 'disable'),
      }));

  it('exist for administrators only', async () => {
    const alice = await signUpInBrowser(index, 'alice');
    const { csrf } = await alice.fieldsOf('/new', '/new');
    const all = adminRoutes();
    assert.ok(all.length > 30, String(all.length));
    for (const { method, path } of all) {
      const anonymous = new Browser(index.url);
      if (method === 'GET') {
        const { status, headers } = await anonymous.get(path);
        assert.deepEqual([status, headers.location], [303, `/login?next=${encodeURIComponent(path)}`], path);
        assertPage(await alice.get(path), 404);
      } else {
        const typed = await anonymous.post(path, { csrf: 'x', name: 'what was typed' });
        assertPage(typed, 401);
        assert.match(typed.text, /name="name" value="what was typed"/);
        assert.match(typed.text, /type="password"/);
        assertPage(await alice.post(path, { csrf: csrf!, confirm: 'alice' }), 404);
        const foreign = await olga.post(path, { csrf: 'of another session', confirm: 'alice' });
        assert.ok([404, 422].includes(foreign.status), `${path}: ${foreign.status}`);
      }
    }
    assert.equal((await alice.get('/settings/profile')).status, 200);
    const withToken = index.anonymous
      .with({ accept: 'text/html' })
      .basic('alice', 'a long password of alice');
    assert.equal((await withToken.get('/admin/overview')).status, 404);
    assert.doesNotMatch((await alice.get('/')).text, /\/admin\//);
    assert.match((await olga.get('/')).text, /href="\/admin\/overview"/);
  });

  it('are private, kept out of search engines, and one page each', async () => {
    const pages = ['overview', 'accounts', 'official', 'registries', 'operations', 'audit', 'search'];
    const { status, headers } = await olga.get('/admin');
    assert.deepEqual([status, headers.location], [303, '/admin/overview']);
    for (const language of ['en', 'zh']) {
      const admin = await administratorInBrowser(index, `admin-${language}`, { 'accept-language': language });
      for (const page of pages) {
        const response = await admin.get(`/admin/${page}`);
        assertPage(response);
        assert.equal(response.headers['cache-control'], 'private, no-store');
        assert.match(response.text, /<meta name="robots" content="noindex"/);
        assert.match(response.text, new RegExp(`href="/admin/${page}" aria-current="page"`));
        if (language === 'zh') assert.match(response.text, /<html lang="zh-CN"/);
      }
    }
    assert.match((await olga.get('/robots.txt')).text, /^Disallow: \/admin$/m);
  });

  it('say in the overview whether everything is well, and what to do', async () => {
    const fresh = await olga.get('/admin/overview');
    assert.match(fresh.text, /1 thing needs attention[\s\S]*href="\/admin\/registries"/);
    const add = { name: 'main', url: registry.url, kind: 'distribution3', token_algorithm: 'ES256' };
    assert.equal((await olga.submit('/admin/registries', '/admin/registries', add)).status, 200);
    const well = await olga.get('/admin/overview');
    assert.match(well.text, /Everything is well\./);
    assert.match(well.text, /href="\/admin\/registries\/main"/);
    assert.match(well.text, /Signing keys[\s\S]*shared/);
    const keys = async (): Promise<string> => (await index.anonymous.get('/.well-known/jwks.json')).text;
    const before = await keys();
    const rotated = await olga.submit('/admin/overview', '/admin/keys/rotate', {});
    assert.deepEqual([rotated.status, rotated.headers.location], [303, '/admin/overview']);
    assert.notEqual(await keys(), before);
    assert.match((await olga.get('/admin/overview')).text, /retired/);
  });

  it('find, disable, enable and delete accounts', async () => {
    for (const name of ['bobby', 'bobbette']) await signUpInBrowser(index, name);
    const found = await olga.get('/admin/accounts?q=BOBBY');
    assert.match(found.text, /href="\/admin\/accounts\/bobby"/);
    assert.doesNotMatch(found.text, /bobbette/);
    assert.match((await olga.get('/admin/accounts?q=bobbette@exam')).text, /\/admin\/accounts\/bobbette/);
    assert.doesNotMatch((await olga.get('/admin/accounts?q=%25')).text, /\/admin\/accounts\/bobby"/);
    assert.match((await olga.get('/admin/accounts?q=')).text, /\/admin\/accounts\/bobby"/);
    const page = '/admin/accounts/bobby';
    const bobby = index.anonymous.basic('bobby', 'a long password of bobby');
    const disabled = await olga.submit(page, `${page}/disable`, {});
    assert.deepEqual([disabled.status, disabled.headers.location], [303, page]);
    assert.equal((await bobby.get('/api/v1/user')).status, 401);
    assert.equal((await olga.submit(page, `${page}/enable`, {})).status, 303);
    assert.equal((await bobby.get('/api/v1/user')).status, 200);
    const refused = await olga.submit(page, `${page}/delete`, { confirm: 'bobb' });
    assertPage(refused, 422);
    assert.match(refused.text, /id="confirm-error"/);
    assert.equal((await bobby.get('/api/v1/user')).status, 200);
    assert.equal((await olga.submit(page, `${page}/delete`, { confirm: 'bobby' })).status, 303);
    assert.equal((await bobby.get('/api/v1/user')).status, 401);
    const gone = await olga.get(page);
    assert.match(gone.text, /deleted/);
    assert.doesNotMatch(gone.text, /bobby\/enable/);
  });

  it('make and unmake administrators, but never leave the index without one', async () => {
    const carol = await signUpInBrowser(index, 'carol');
    const page = '/admin/accounts/carol';
    assert.equal((await olga.submit(page, `${page}/grant`, {})).status, 303);
    assertPage(await carol.get('/admin/overview'));
    const own = '/admin/accounts/carol';
    assert.doesNotMatch((await carol.get(own)).text, /carol\/(?:revoke|disable|delete)"/);
    const { csrf } = await carol.fieldsOf('/settings/profile', '/settings/profile');
    for (const change of ['revoke', 'disable', 'delete']) {
      const response = await carol.post(`${own}/${change}`, { csrf: csrf!, confirm: 'carol' });
      assertPage(response, 422);
      assert.match(response.text, /your own account/);
    }
    assertPage(await carol.get('/admin/overview'));
    assert.equal((await olga.submit(page, `${page}/revoke`, {})).status, 303);
    assertPage(await carol.get('/admin/overview'), 404);
  });

  it('show a link to set the password, an invitation and a registry secret once', async () => {
    await signUpInBrowser(index, 'doraa');
    const page = '/admin/accounts/doraa';
    const reset = await olga.submit(page, `${page}/reset-password`, {});
    assertPage(reset);
    const [, path] = /(\/password-resets\/ci_prt_\w+)/.exec(reset.text)!;
    assert.doesNotMatch((await olga.get(page)).text, /ci_prt_/);
    const password = 'another long password 7';
    const doraa = new Browser(index.url);
    const form = await doraa.get(path!);
    assertPage(form);
    assert.match(form.text, /doraa[\s\S]*autocomplete="new-password"/);
    assertPage(await doraa.submit(path!, path!, { password: 'short' }), 422);
    assert.equal((await doraa.submit(path!, path!, { password })).headers.location, '/login');
    const used = await doraa.get(path!);
    assertPage(used, 404);
    assert.match(used.text, /no longer valid/);
    assert.equal((await index.anonymous.basic('doraa', password).get('/api/v1/user')).status, 200);
    const invite = { email: 'x@example.org' };
    const made = await olga.submit('/admin/accounts', '/admin/accounts/invites', invite);
    assert.match(made.text, /<code translate="no">\w{24}<\/code>/);
    const bad = await olga.submit('/admin/accounts', '/admin/accounts/invites', { email: 'no address' });
    assertPage(bad, 422);
    assert.match(bad.text, /value="no address"[\s\S]*id="email-error"/);
  });

  it('have one effect for a form that is sent twice', async () => {
    const page = '/admin/accounts';
    const fields = { ...(await olga.fieldsOf(page, `${page}/invites`)), email: 'twice@example.org' };
    const codeOf = (text: string): string | undefined =>
      /<code translate="no">(\w{24})<\/code>/.exec(text)?.[1];
    const [first, second] = await Promise.all([
      olga.post(`${page}/invites`, fields),
      olga.post(`${page}/invites`, fields),
    ]);
    const third = await olga.post(`${page}/invites`, fields);
    assert.ok(codeOf(first.text));
    assert.deepEqual([codeOf(second.text), codeOf(third.text)], [codeOf(first.text), codeOf(first.text)]);
    const other = await olga.post(`${page}/invites`, { ...fields, email: 'other@example.org' });
    assert.notEqual(codeOf(other.text), codeOf(first.text));
    const again = await olga.post(`${page}/invites`, await olga.fieldsOf(page, `${page}/invites`));
    assert.notEqual(codeOf(again.text), codeOf(first.text));
  });

  it('assign a namespace, and say beside the field that there is none', async () => {
    await signUpInBrowser(index, 'erinn');
    const page = '/admin/accounts/erinn';
    const absent = await olga.submit(page, `${page}/namespaces`, { namespace: 'absent-one' });
    assertPage(absent, 422);
    assert.match(absent.text, /value="absent-one"[\s\S]*id="namespace-error"/);
    assert.equal((await olga.submit(page, `${page}/namespaces`, { namespace: 'alice' })).status, 303);
    assert.match((await olga.get(page)).text, /alice, erinn/);
  });

  it('explain what a token of an account grants', async () => {
    const page = '/admin/accounts/erinn/token-explanation';
    const empty = await olga.get(page);
    assertPage(empty);
    assert.match(empty.text, /<option value="main"/);
    const explained = await olga.get(`${page}?service=main&scope=repository:erinn/app:pull,push`);
    assertPage(explained);
    assert.match(explained.text, /<pre>[\s\S]*erinn\/app[\s\S]*namespaces[\s\S]*<\/pre>/);
    assertPage(await olga.get('/admin/accounts/absent/token-explanation'), 404);
  });

  it('add, change and remove official repositories', async () => {
    const list = '/admin/official';
    const bad = await olga.submit(list, list, { name: 'No Name', description: 'typed text' });
    assertPage(bad, 422);
    assert.match(bad.text, /value="No Name"[\s\S]*id="name-error"[\s\S]*value="typed text"/);
    const added = await olga.submit(list, list, { name: 'busybox', description: 'Tools' });
    assert.deepEqual([added.status, added.headers.location], [303, '/admin/official/busybox']);
    const page = '/admin/official/busybox';
    assert.equal((await olga.submit(page, page, { description: '' })).status, 303);
    const read = (): ReturnType<typeof index.anonymous.get> =>
      index.anonymous.get('/api/v1/repositories/library/busybox');
    assert.equal((await read()).json.description, '');
    assert.match((await olga.get(list)).text, /href="\/_\/busybox"/);
    assertPage(await olga.submit(page, `${page}/remove`, { confirm: 'busy' }), 422);
    assert.equal((await read()).status, 200);
    const removed = await olga.submit(page, `${page}/remove`, { confirm: 'busybox' });
    assert.deepEqual([removed.status, removed.headers.location], [303, list]);
    assert.equal((await read()).status, 404);
    assertPage(await olga.get(page), 404);
  });

  it('filter the audit log by a form, page by page', async () => {
    const all = await olga.get('/admin/audit?action=&actor=&subject=&per_page=5');
    assertPage(all);
    assert.match(all.text, /<form action="\/admin\/audit"[^>]*>[\s\S]*name="action"[\s\S]*<table>/);
    const [, next] = /<a href="([^"]*)" rel="next"/.exec(all.text)!;
    const second = await olga.get(next!.replaceAll('&amp;', '&'));
    assertPage(second);
    assert.notEqual(
      /<tbody[\s\S]*<\/tbody>/.exec(second.text)![0],
      /<tbody[\s\S]*<\/tbody>/.exec(all.text)![0],
    );
    const removed = await olga.get(
      '/admin/audit?action=official-repository.removed&actor=olga&subject=busybox',
    );
    assert.equal([...removed.text.matchAll(/<tr>/g)].length, 2);
    assert.match(removed.text, /value="official-repository.removed"/);
    const none = await olga.get('/admin/audit?action=no.such&actor=%3Ccli%3E');
    assertPage(none);
    assert.match(none.text, /There are no such events/);
  });

  it('render hostile names and texts inert', async () => {
    const hostile = '"><script>alert(1)</script>';
    const list = '/admin/official';
    const refused = await olga.submit(list, list, { name: hostile, description: hostile });
    const texts = [
      refused,
      await olga.get(`/admin/audit?subject=${encodeURIComponent(hostile)}`),
      await olga.get(`/admin/accounts?q=${encodeURIComponent(hostile)}`),
      await olga.submit(list, list, { name: 'hostile', description: hostile }).then(() => olga.get(list)),
    ];
    for (const { text } of texts) {
      assert.doesNotMatch(text, /<script>alert/);
      assert.match(text, /&lt;script>alert|&lt;script&gt;alert/);
    }
    assert.match(texts[3]!.text, /<td translate="no">&quot;>?/);
  });
});
