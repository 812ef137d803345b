import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { Browser } from '../support/browser';
import { IndexUnderTest } from '../support/index-under-test';

const password = 'tulips in the rain 1';

describe('forms of pages', () => {
  let index: IndexUnderTest;
  beforeAll(async () => {
    index = await IndexUnderTest.start({ RATE_LIMITS: 'off' });
  });
  afterAll(() => index.stop());

  async function signUp(username: string, headers?: Record<string, string>): Promise<Browser> {
    const browser = new Browser(index.url, headers);
    const person = { username, email: `${username}@example.org`, password };
    assert.equal((await browser.submit('/signup', '/signup', person)).status, 303);
    return browser;
  }
  const unescaped = (html: string): string =>
    html.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&amp;', '&');
  // The hidden fields of the only form of a POST to the log-in in a page.
  const carried = (html: string): Record<string, string> => {
    const [, form] = /<form method="post" action="\/login">([\s\S]*?)<\/form>/.exec(html)!;
    const fields = [...form!.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)];
    return Object.fromEntries(fields.map(([, name, value]) => [name!, unescaped(value!)]));
  };

  it('come back after the log-in if the session had ended, also about what only the owner may see', async () => {
    const alice = await signUp('alice');
    const made = { name: 'secret', description: '', visibility: 'private' };
    assert.equal((await alice.submit('/new', '/new', made)).status, 303);
    const settings = '/r/alice/secret/settings';
    const fields = await alice.fieldsOf(settings, settings);
    const typed = {
      ...fields,
      description: 'typed "for" an <hour>',
      readme: 'First\r\n\r\n* second & third',
      visibility: 'private',
    };
    alice.deleteCookie('session');
    const ended = await alice.post(settings, typed);
    assert.equal(ended.status, 401);
    assert.match(ended.text, /Your session has ended/);
    const absent = await alice.post('/r/alice/absent/settings', typed);
    assert.equal(absent.status, 401);
    assert.equal(absent.text.replaceAll('absent', 'secret'), ended.text);

    const wrong = await alice.post('/login', {
      ...carried(ended.text),
      username: 'alice',
      password: 'not the password',
    });
    assert.equal(wrong.status, 401);
    const right = await alice.post('/login', { ...carried(wrong.text), username: 'alice', password });
    assert.deepEqual([right.status, right.headers.location], [307, settings]);
    // A browser sends the same body again.
    const back = await alice.post(settings, { ...carried(wrong.text), username: 'alice', password });
    assert.equal(back.status, 422);
    assert.match(back.text, /Nothing you typed is lost/);
    assert.ok(unescaped(back.text).includes('value="typed "for" an <hour>"'));
    assert.match(back.text, /First\n\n\* second &amp; third<\/textarea>/);
    assert.doesNotMatch(back.text, new RegExp(password));
    const { json } = await (await index.signUp('reader')).get('/api/v1/repositories/alice/secret');
    assert.equal(json.errors[0].code, 'NOT_FOUND');
    const saved = { ...typed, csrf: (await alice.fieldsOf(settings, settings)).csrf! };
    assert.equal((await alice.post(settings, saved)).status, 303);
    assert.match(unescaped((await alice.get(settings)).text), /typed "for" an <hour>/);
  });

  it('lead to this site only when they come back', async () => {
    await signUp('bobby');
    for (const resume of ['https://evil.example/', '//evil.example', '/\\evil.example', 'javascript:x']) {
      const bobby = new Browser(index.url);
      const answer = await bobby.submit('/login', '/login', {
        username: 'bobby',
        password,
        resume,
        name: 'x',
      });
      assert.equal(answer.status, 303, resume);
      assert.equal(answer.headers.location, '/');
    }
  });

  it('have one effect when they are sent twice', async () => {
    const carol = await signUp('carol');
    const token = { label: 'ci', permissions: 'pull', repositories: 'carol/*', days: '30' };
    const fields = { ...(await carol.fieldsOf('/settings/tokens', '/settings/tokens')), ...token };
    const [first, second] = await Promise.all([
      carol.post('/settings/tokens', fields),
      carol.post('/settings/tokens', fields),
    ]);
    assert.deepEqual([first.status, second.status], [200, 200]);
    assert.equal(/ci_pat_\w+/.exec(first.text)![0], /ci_pat_\w+/.exec(second.text)![0]);
    const list = (await carol.get('/settings/tokens')).text;
    assert.equal([...list.matchAll(/action="\/settings\/tokens\/\d+\/revoke"/g)].length, 1);

    const repository = { ...(await carol.fieldsOf('/new', '/new')), name: 'once', visibility: 'public' };
    const made = await Promise.all([carol.post('/new', repository), carol.post('/new', repository)]);
    assert.deepEqual(
      made.map(({ status, headers }) => [status, headers.location]),
      [303, 303].map((status) => [status, '/r/carol/once']),
    );
    const star = { ...(await carol.fieldsOf('/r/carol/once', '/r/carol/once/star')) };
    await Promise.all([carol.post('/r/carol/once/star', star), carol.post('/r/carol/once/star', star)]);
    assert.equal((await index.anonymous.get('/api/v1/repositories/carol/once')).json.stars, 1);
  });

  it('say what was wrong in the language of the page', async () => {
    const chinese = { 'accept-language': 'zh-CN' };
    const dora = new Browser(index.url, chinese);
    const bad = await dora.submit('/signup', '/signup', { username: 'A', email: 'x', password: 'short' });
    assert.equal(bad.status, 422);
    assert.match(bad.text, /id="email-error"[^>]*>必须是电子邮箱地址/);
    const errors = [...bad.text.matchAll(/class="error">([^<]*)</g)].map(([, text]) => text!);
    assert.ok(errors.length >= 1);
    for (const text of errors) assert.match(text, /\p{Script=Han}/u);
    const short = { username: 'doraa', email: 'dora@example.org', password: 'short' };
    assert.match(
      (await dora.submit('/signup', '/signup', short)).text,
      /password-error"[^>]*>至少需要 10 个字符/,
    );
    const wrong = await dora.submit('/login', '/login', { username: 'doraa', password: 'wrong password' });
    assert.match(wrong.text, /role="alert">用户名或密码不正确。/);

    const erin = await signUp('erinn', chinese);
    const invalid = await erin.submit('/new', '/new', { name: 'Not A Name!', visibility: 'public' });
    assert.match(invalid.text, /id="name-error"[^>]*>必须是小写字母和数字/);
    assert.equal((await erin.submit('/new', '/new', { name: 'app', visibility: 'public' })).status, 303);
    const taken = await erin.submit('/new', '/new', { name: 'app', visibility: 'public' });
    assert.match(taken.text, /id="name-error"[^>]*>已经有这个名称的仓库。/);
    const long = { description: 'x'.repeat(2_000), readme: '', visibility: 'public' };
    const settings = '/r/erinn/app/settings';
    const refused = await erin.submit(settings, settings, long);
    assert.match(refused.text, /id="description-error"[^>]*>必须是一行文字/);
    const unconfirmed = await erin.submit(settings, '/r/erinn/app/delete', { confirm: 'x' });
    assert.match(unconfirmed.text, /id="confirm-error"[^>]*>与名称不一致/);
    const denied = await (await signUp('fredd', chinese)).get(settings);
    assert.equal(denied.status, 403);
    assert.match(denied.text, /它属于其他账号。/);
  });

  it('stay those of the signed-in when a page is missing, denied or failed', async () => {
    const gina = await signUp('ginaa');
    for (const [path, status] of [
      ['/no/such/page', 404],
      ['/r/ginaa/absent', 404],
      ['/r/alice/secret', 404],
      ['/u/nobody-there', 404],
      ['/r/carol/once/settings', 403],
      ['/_/%E0%A4%A', 400],
    ] as const) {
      const page = await gina.get(path);
      assert.equal(page.status, status, path);
      assert.match(page.text, /<a href="\/u\/ginaa"/, path);
      assert.match(page.headers['cache-control']!, /no-store/, path);
    }
  });
});

describe('limits of pages', () => {
  it('say when to try again, in the language of the page', async () => {
    const index = await IndexUnderTest.start();
    try {
      const browser = new Browser(index.url, { 'accept-language': 'zh-CN' });
      const form = { username: 'nobody', password: 'wrong password' };
      let page = await browser.submit('/login', '/login', form);
      for (let attempt = 0; page.status !== 429 && attempt < 200; attempt += 1) {
        page = await browser.submit('/login', '/login', form);
      }
      assert.equal(page.status, 429);
      assert.match(page.headers['retry-after']!, /^\d+$/);
      assert.match(page.text, /密码错误次数过多。请在 \d+[^。]*后再试。/);
    } finally {
      await index.stop();
    }
  });
});
