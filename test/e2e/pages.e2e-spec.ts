import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import type { HttpResponse } from '../support/client';
import { IndexUnderTest } from '../support/index-under-test';
import { createAdministrator } from '../support/users';
import { Browser } from '../support/browser';

const password = 'tulips in the rain 1';

describe('pages', () => {
  let index: IndexUnderTest;
  beforeAll(async () => {
    index = await IndexUnderTest.start({ RATE_LIMITS: 'off' });
  });
  afterAll(() => index.stop());

  const browser = (headers?: Record<string, string>): Browser => new Browser(index.url, headers);
  async function signUp(username: string): Promise<Browser> {
    const person = browser();
    const response = await person.submit('/signup', '/signup', {
      username,
      email: `${username}@example.org`,
      password,
    });
    assert.deepEqual([response.status, response.headers.location], [303, '/'], response.text);
    return person;
  }
  const count = (text: string, pattern: RegExp): number => [...text.matchAll(pattern)].length;
  const isPage = ({ status, headers, text }: HttpResponse, expected = 200): void => {
    assert.equal(status, expected, text);
    assert.match(headers['content-type']!, /^text\/html/);
    assert.equal(count(text, /<main\b/g), 1);
    assert.equal(count(text, /<h1\b/g), 1);
    assert.match(text, /<title>[^<]+ · Central Index<\/title>/);
  };

  it('show a person the way from sign-up to a new repository', async () => {
    const alice = await signUp('alice');
    const home = await alice.get('/');
    isPage(home);
    assert.match(home.text, /You have no repository yet/);
    assert.match(home.headers['cache-control']!, /private, no-store/);
    const created = await alice.submit('/new', '/new', {
      name: 'webapp',
      description: 'Serves <b>pages</b>',
      visibility: 'private',
    });
    assert.deepEqual([created.status, created.headers.location], [303, '/r/alice/webapp']);
    const page = await alice.get('/r/alice/webapp');
    isPage(page);
    assert.match(page.text, /Serves &lt;b>pages&lt;\/b>|Serves &lt;b&gt;pages/);
    isPage(await alice.get('/u/alice'));
    assert.match((await alice.get('/u/alice')).text, /alice\/webapp/);
  });

  it('hide a private repository from all other users', async () => {
    const carol = await signUp('carol');
    const secret = { name: 'secret', description: '', visibility: 'private' };
    assert.equal((await carol.submit('/new', '/new', secret)).status, 303);
    const absent = await browser().get('/r/carol/absent');
    for (const path of ['/r/carol/secret', '/r/carol/secret/tags', '/r/carol/secret/tags/latest']) {
      isPage(await browser().get(path), 404);
    }
    assert.equal((await browser().get('/r/carol/secret')).text, absent.text.replaceAll('absent', 'secret'));
    assert.doesNotMatch((await browser().get('/u/carol')).text, /secret/);
  });

  it('sign in with the form, and lead back to the page before, on this site only', async () => {
    await signUp('bobby');
    const bobby = browser();
    const wrong = await bobby.submit('/login', '/login', { username: 'bobby', password: 'wrong password' });
    isPage(wrong, 401);
    assert.match(wrong.text, /value="bobby"/);
    assert.doesNotMatch(wrong.text, /wrong password"/);
    const asked = await bobby.get('/new');
    assert.deepEqual([asked.status, asked.headers.location], [303, '/login?next=%2Fnew']);
    const form = { username: 'bobby', password };
    const right = await bobby.submit('/login?next=%2Fnew', '/login', form);
    assert.deepEqual([right.status, right.headers.location], [303, '/new']);
    isPage(await bobby.get('/new'));
    const out = await bobby.submit('/', '/logout', {});
    assert.deepEqual([out.status, out.headers.location], [303, '/']);
    assert.equal((await bobby.get('/new')).status, 303);
    for (const next of [
      '//evil.example',
      'https://evil.example/',
      '/\\evil.example',
      '/%09/evil.example/..//evil.example',
      'javascript:alert(1)',
      '\t//evil.example',
      '/..//evil.example',
    ]) {
      const target = await browser().submit('/login', '/login', { ...form, next });
      assert.equal(target.status, 303);
      const { origin } = new URL(target.headers.location!, index.url);
      assert.equal(origin, new URL(index.url).origin, `${next} led to ${target.headers.location}`);
    }
  });

  it('accept a form only from the browser that it was made for, and give back what was typed', async () => {
    const dora = await signUp('doraa');
    const typed = { name: 'typed-name', description: 'typed text', visibility: 'public' };
    const stale = await dora.post('/new', { ...typed, csrf: 'of-another-time' });
    isPage(stale, 422);
    assert.match(stale.text, /value="typed-name"/);
    assert.match(stale.text, /value="typed text"/);
    assert.equal((await browser().get('/r/doraa/typed-name')).status, 404);
    dora.deleteCookie('session');
    const ended = await dora.submit('/login', '/login', { username: 'x', password: 'y' });
    assert.equal(ended.status, 401);
    const lost = await dora.post('/new', typed);
    isPage(lost, 401);
    assert.match(lost.text, /value="typed-name"/);
    const crossSite = await index.anonymous.send('POST', '/login', {
      body: 'username=doraa',
      headers: { 'content-type': 'application/x-www-form-urlencoded', origin: 'https://evil.example' },
    });
    assert.equal(crossSite.status, 403);
  });

  it('name what is wrong beside the field', async () => {
    const person = browser();
    const bad = await person.submit('/signup', '/signup', { username: 'A', email: 'x', password: 'short' });
    isPage(bad, 422);
    assert.match(bad.text, /id="email-error"/);
    assert.match(bad.text, /aria-invalid/);
    const taken = await person.submit('/signup', '/signup', {
      username: 'alice',
      email: 'a@example.org',
      password,
    });
    isPage(taken, 422);
    assert.match(taken.text, /id="username-error"/);
  });

  it('show READMEs without anything active', async () => {
    const erin = await index.signUp('erinn');
    await erin.post('/api/v1/namespaces/erinn/repositories', {
      name: 'readme',
      readme: [
        '# Title\n\n[x](javascript:alert(1)) [y](//evil.example) [ok](https://example.org/a)',
        '<script>alert(1)</script><img src=x onerror=alert(1)><svg onload=alert(1)></svg>',
        '<iframe src="https://evil.example"></iframe><form action="/login"><input name="password"></form>',
        '<a href="data:text/html,x">d</a> ![i](http://evil.example/i.png) ![j](https://example.org/j.png)',
        '<p style="position:fixed" class="top" id="content">p</p>',
        '```js\nconst a = "</code><script>x</script>";\n```',
      ].join('\n\n'),
    });
    const { text } = await browser().get('/r/erinn/readme');
    const readme = /<article class="readme"[^>]*>([\s\S]*?)<\/article>/.exec(text)![1]!;
    assert.doesNotMatch(readme, /<script|onerror|onload|javascript:|<iframe|<form|<input|data:|style=|<svg/i);
    assert.doesNotMatch(readme, /http:\/\/evil|href="\/\/evil|class="top"|id="content"/);
    assert.match(readme, /<h3 id="readme-title">Title<\/h3>/);
    assert.match(readme, /href="https:\/\/example.org\/a" rel="nofollow ugc noopener"/);
    assert.match(readme, /src="https:\/\/example.org\/j.png"[^>]*referrerpolicy="no-referrer"/);
    assert.match(readme, /<span class="hljs-keyword">const<\/span>/);
  });

  it('are in the language that a person asks for or chooses', async () => {
    const chinese = browser({ 'accept-language': 'zh-TW,zh;q=0.9,en;q=0.5' });
    assert.match((await chinese.get('/')).text, /<html lang="zh-CN"[\s\S]*容器镜像/);
    const reader = browser();
    const set = await reader.post('/preferences', { language: 'zh-CN', theme: 'dark', next: '/help' });
    assert.deepEqual([set.status, set.headers.location], [303, '/help']);
    assert.match((await reader.get('/help')).text, /<html lang="zh-CN" data-theme="dark"/);
  });

  it('have a policy without anything inline, and files that caches keep', async () => {
    const page = await browser().get('/help');
    const policy = page.headers['content-security-policy']!;
    for (const part of ["object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"])
      assert.ok(policy.includes(part));
    assert.doesNotMatch(policy, /unsafe/);
    assert.doesNotMatch(page.text, / style=| on[a-z]+=|<script(?! src)|<style/);
    const files = [...page.text.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, path]) => path!);
    assert.equal(files.length, 3);
    for (const file of files) {
      const { status, headers } = await browser().get(file);
      assert.equal(status, 200);
      assert.match(headers['cache-control']!, /immutable/);
    }
  });

  it('exist for errors in a browser, and JSON for programs', async () => {
    isPage(await browser().get('/nothing/here'), 404);
    assert.equal((await index.anonymous.get('/nothing/here')).json.errors[0].code, 'NOT_FOUND');
    assert.equal((await browser().get('/api/v1/nothing')).json.errors[0].code, 'NOT_FOUND');
    isPage(await browser().get('/search?q=%00%ff&page=x&stars=-1&sort=none'), 200);
  });

  it('lead from both spellings of an official name to one page', async () => {
    const admin = await createAdministrator(index, 'admin1');
    assert.equal((await admin.put('/api/v1/admin/official/busybox', { description: 'Tools' })).status, 201);
    const moved = await browser().get('/r/library/busybox/tags');
    assert.deepEqual([moved.status, moved.headers.location], [301, '/_/busybox/tags']);
    isPage(await browser().get('/_/busybox'));
    const star = await (await signUp('fredd')).submit('/_/busybox', '/_/busybox/star', {});
    assert.deepEqual([star.status, star.headers.location], [303, '/_/busybox']);
    assert.match((await browser().get('/_/busybox')).text, /1 star\b/);
  });
});
