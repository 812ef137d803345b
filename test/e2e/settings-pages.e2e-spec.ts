import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { Browser } from '../support/browser';
import { IndexUnderTest } from '../support/index-under-test';

const password = 'tulips in the rain 1';

describe('pages of settings', () => {
  let index: IndexUnderTest;
  beforeAll(async () => {
    index = await IndexUnderTest.start({ RATE_LIMITS: 'off' });
  });
  afterAll(() => index.stop());

  async function signUp(username: string): Promise<Browser> {
    const browser = new Browser(index.url);
    const person = { username, email: `${username}@example.org`, password };
    assert.equal((await browser.submit('/signup', '/signup', person)).status, 303);
    return browser;
  }
  async function withRepository(username: string, name: string): Promise<Browser> {
    const browser = await signUp(username);
    assert.equal((await browser.submit('/new', '/new', { name, visibility: 'public' })).status, 303);
    return browser;
  }

  it('change the texts of a repository, after a preview', async () => {
    const alice = await withRepository('alice', 'app');
    const settings = '/r/alice/app/settings';
    const texts = {
      description: 'An app',
      readme: '\nFirst <b>line</b>\r\n\r\n* item',
      visibility: 'public',
    };
    const preview = await alice.submit(settings, settings, { ...texts, preview: 'true' });
    assert.equal(preview.status, 200);
    assert.match(preview.text, /<article class="readme"[\s\S]*<li>item<\/li>/);
    assert.match(preview.text, /value="An app"/);
    assert.equal((await index.anonymous.get('/api/v1/repositories/alice/app')).json.readme, '');
    assert.equal((await alice.submit(settings, settings, texts)).status, 303);
    const { json } = await index.anonymous.get('/api/v1/repositories/alice/app');
    assert.deepEqual([json.description, json.readme], ['An app', '\nFirst <b>line</b>\n\n* item']);
    const emptied = { description: '', readme: '', visibility: 'private' };
    assert.equal((await alice.submit(settings, settings, emptied)).status, 303);
    assert.equal((await index.anonymous.get('/api/v1/repositories/alice/app')).status, 404);
    const bad = { ...texts, description: 'x'.repeat(2_000) };
    const refused = await alice.submit(settings, settings, bad);
    assert.equal(refused.status, 422);
    assert.match(refused.text, /id="description-error"/);
    assert.ok(refused.text.includes('x'.repeat(2_000)));
  });

  it('are closed to all but the owner', async () => {
    await withRepository('bobby', 'app');
    const settings = '/r/bobby/app/settings';
    assert.equal(
      (await new Browser(index.url).get(settings)).headers.location,
      `/login?next=${encodeURIComponent(settings)}`,
    );
    const carol = await withRepository('carol', 'mine');
    assert.equal((await carol.get(settings)).status, 403);
    assert.doesNotMatch((await carol.get('/r/bobby/app')).text, /\/settings"/);
    const { csrf } = await carol.fieldsOf('/r/carol/mine/settings', '/r/carol/mine/settings');
    const texts = { csrf: csrf!, description: 'taken over', readme: '', visibility: 'private' };
    assert.equal((await carol.post(settings, texts)).status, 403);
    assert.equal(
      (await carol.post('/r/bobby/app/delete', { csrf: csrf!, confirm: 'bobby/app' })).status,
      403,
    );
    assert.equal((await index.anonymous.get('/api/v1/repositories/bobby/app')).json.description, '');
  });

  it('delete a repository after its name was typed', async () => {
    const dora = await withRepository('doraa', 'app');
    const [settings, action] = ['/r/doraa/app/settings', '/r/doraa/app/delete'];
    const wrong = await dora.submit(settings, action, { confirm: 'app' });
    assert.equal(wrong.status, 422);
    assert.match(wrong.text, /id="confirm-error"/);
    assert.equal((await dora.get('/r/doraa/app')).status, 200);
    assert.equal((await dora.submit(settings, action, { confirm: 'doraa/app' })).headers.location, '/');
    assert.equal((await dora.get('/r/doraa/app')).status, 404);
  });

  it('make access tokens, show each secret once, and revoke them', async () => {
    const erin = await signUp('erinn');
    const made = await erin.submit('/settings/tokens', '/settings/tokens', {
      label: 'ci',
      permissions: 'pull',
      repositories: 'erinn/*',
      days: '30',
    });
    assert.equal(made.status, 200, made.text);
    const [secret] = /ci_pat_\w+/.exec(made.text)!;
    assert.equal((await index.anonymous.bearer(secret).get('/api/v1/user')).status, 200);
    const list = await erin.get('/settings/tokens');
    assert.doesNotMatch(list.text, /ci_pat_/);
    const [, revoke] = /action="(\/settings\/tokens\/\d+\/revoke)"/.exec(list.text)!;
    assert.equal((await erin.submit('/settings/tokens', revoke!, {})).status, 303);
    assert.equal((await index.anonymous.bearer(secret).get('/api/v1/user')).status, 401);
    const bad = await erin.submit('/settings/tokens', '/settings/tokens', { label: '', repositories: '//' });
    assert.equal(bad.status, 422);
    assert.match(bad.text, /id="label-error"/);
  });

  it('change the password, end sessions, and delete the account', async () => {
    const fred = await signUp('fredd');
    const other = new Browser(index.url);
    assert.equal((await other.submit('/login', '/login', { username: 'fredd', password })).status, 303);
    const page = '/settings/password';
    const wrong = { current_password: 'not the password', password: 'another long password 2' };
    assert.ok([401, 403, 422].includes((await fred.submit(page, page, wrong)).status));
    const right = { ...wrong, current_password: password };
    assert.equal((await fred.submit(page, page, right)).headers.location, '/settings/sessions');
    assert.equal((await other.get('/settings/profile')).status, 303);
    assert.equal((await fred.get('/settings/sessions')).status, 200);
    const [, end] = /action="(\/settings\/sessions\/\d+\/end)"/.exec(
      (await fred.get('/settings/sessions')).text,
    )!;
    assert.equal((await fred.submit('/settings/sessions', end!, {})).headers.location, '/');
    assert.equal((await fred.get('/settings/profile')).status, 303);
    const again = { username: 'fredd', password: right.password };
    assert.equal((await fred.submit('/login', '/login', again)).status, 303);
    const profile = '/settings/profile';
    assert.equal((await fred.submit(profile, profile, { email: 'new@example.org' })).status, 303);
    assert.match((await fred.get(profile)).text, /value="new@example.org"/);
    assert.equal(
      (await fred.submit(profile, '/settings/delete', { confirm: 'fredd', password: 'x' })).status !== 303,
      true,
    );
    const deletion = { confirm: 'fredd', password: right.password };
    assert.equal((await fred.submit(profile, '/settings/delete', deletion)).headers.location, '/');
    assert.equal((await fred.get('/u/fredd')).status, 404);
  });
});
