import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { HtmlValidate, type Message } from 'html-validate';
import { locales } from '../../apps/server/src/web/messages/locale';
import type { Browser } from '../support/browser';
import type { HttpResponse } from '../support/client';
import { deadFragments, linksOf, readHtml, type PageElement } from '../support/pages/html-reader';
import { errorAddresses, viewersOf, type ListedPage, type Viewer } from '../support/pages/page-list';
import { PageWorld } from '../support/pages/page-world';
import { markMessages, unmarkedTexts } from '../support/pages/pseudo-messages';

const languages = Object.keys(locales);

/** A page as one viewer got it. */
interface View {
  readonly page: ListedPage;
  readonly viewer: Viewer;
  readonly language: string;
  readonly response: HttpResponse;
}

describe('all pages', () => {
  let world: PageWorld;
  let browsers: Map<string, Browser>;
  let views: View[];

  beforeAll(async () => {
    world = await PageWorld.start();
    browsers = new Map();
    views = [];
    for (const language of languages) {
      for (const viewer of ['anonymous', 'alice', 'olga'] as const) {
        browsers.set(`${viewer} ${language}`, await world.browserOf(viewer, language));
      }
      for (const page of world.pages) {
        for (const viewer of viewersOf(page)) {
          if (isLedAway(page, viewer)) continue;
          const response = await browserOf(viewer, language).get(page.address);
          assert.equal(response.status, 200, `${page.address} for ${viewer}`);
          views.push({ page, viewer, language, response });
        }
      }
    }
  });
  afterAll(() => world?.stop());

  const browserOf = (viewer: Viewer, language = 'en'): Browser => browsers.get(`${viewer} ${language}`)!;
  // The signed-in have no use for these.
  const isLedAway = ({ route }: ListedPage, viewer: Viewer): boolean =>
    viewer !== 'anonymous' && ['/login', '/signup'].includes(route);

  /** The faults that a check finds, by page and viewer. */
  function faults(check: (html: string, view: View) => readonly string[]): string[] {
    assert.ok(views.length > 100);
    return views.flatMap((view) =>
      check(view.response.text, view).map(
        (fault) => `${view.page.address} for ${view.viewer} in ${view.language}: ${fault}`,
      ),
    );
  }

  it('are valid HTML, with accessible names and labels', () => {
    const validator = new HtmlValidate({
      root: true,
      extends: ['html-validate:standard', 'html-validate:a11y'],
      // Both are valid: a button of a form submits it, and `>` stands for itself in text.
      rules: { 'no-implicit-button-type': 'off', 'no-raw-characters': 'off' },
    });
    const messagesOf = (html: string): Message[] =>
      validator.validateStringSync(html).results.flatMap(({ messages }) => messages);
    assert.ok(messagesOf('<!DOCTYPE html><p><div></div></p><img>').length > 1);
    // The structure is the same in all languages.
    const isEnough = ({ page, viewer, language }: View): boolean =>
      language === languages[0] || viewer === viewersOf(page)[0];
    const found = faults((html, view) =>
      (isEnough(view) ? messagesOf(html) : []).map(
        ({ ruleId, message, line, column }) => `${ruleId} ${message} ${line}:${column}`,
      ),
    );
    assert.deepEqual(found, []);
  });

  it('have one main, one h1, their language, a title, and headings in order', () => {
    const wrong = faults((html, { language }) => {
      const { elements } = readHtml(html);
      // A picture may have a title of its own.
      const outside = elements.filter(({ ancestors }) => !ancestors.some(({ name }) => name === 'svg'));
      const count = (name: string): number => outside.filter((element) => element.name === name).length;
      const levels = elements.flatMap(({ name }) => /^h([1-6])$/.exec(name)?.[1] ?? []).map(Number);
      return [
        ...['main', 'h1', 'title', 'header', 'footer'].filter((name) => count(name) !== 1),
        ...(elements[0]?.attributes['lang'] === language ? [] : ['lang']),
        ...(levels.every((level, at) => level <= (levels[at - 1] ?? 0) + 1)
          ? []
          : [`headings ${levels.join()}`]),
        ...(/<title>[^<]+ · Central Index<\/title>/.test(html) ? [] : ['title']),
      ];
    });
    assert.deepEqual(wrong, []);
  });

  it('are kept out of search engines unless they are public, and of caches for the signed-in', () => {
    const wrong = faults((html, { page, viewer, response: { headers } }) => {
      const { elements } = readHtml(html);
      const attributeOf = (
        attribute: string,
        matches: (element: PageElement) => boolean,
      ): string | undefined => elements.find(matches)?.attributes[attribute];
      const isHidden =
        attributeOf('content', ({ attributes }) => attributes['name'] === 'robots') === 'noindex';
      const canonical = attributeOf('href', ({ attributes }) => attributes['rel'] === 'canonical');
      const isPublic = page.isIndexed === true;
      const ownPath = new URL(page.address, world.url).pathname;
      return [
        ...(isHidden === isPublic ? ['robots'] : []),
        ...(isPublic && (canonical === undefined || new URL(canonical, world.url).pathname !== ownPath)
          ? [`canonical ${canonical}`]
          : []),
        ...(viewer !== 'anonymous' && headers['cache-control'] !== 'private, no-store'
          ? ['cache-control']
          : []),
        ...(headers['content-security-policy']?.includes('unsafe') === false ? [] : ['policy']),
      ];
    });
    assert.deepEqual(wrong, []);
  });

  it('load one script of less than 15 kB, and no file that caches do not keep', async () => {
    const files = new Set(
      views.flatMap(({ response }) =>
        [...response.text.matchAll(/<(?:script|link|img)[^>]* (?:src|href)="(\/assets\/[^"]+)"/g)].map(
          ([, path]) => path!,
        ),
      ),
    );
    assert.equal([...files].filter((file) => file.endsWith('.js')).length, 1);
    for (const file of files) {
      const { status, headers, text } = await browserOf('anonymous').get(file);
      assert.equal(status, 200, file);
      assert.match(headers['cache-control']!, /immutable/, file);
      if (file.endsWith('.js')) assert.ok(text.length < 15_000, `${text.length} bytes`);
    }
  });

  it('are closed to all others: with a log-in before, or as if absent', async () => {
    for (const { address, access } of world.pages) {
      if (access === 'anyone') continue;
      const { status, headers } = await browserOf('anonymous').get(address);
      assert.deepEqual(
        [status, headers['location']],
        [303, `/login?next=${encodeURIComponent(address)}`],
        address,
      );
      if (access === 'administrator') {
        assert.ok([403, 404].includes((await browserOf('alice').get(address)).status), address);
      }
    }
  });

  it('link to nothing that is absent', async () => {
    for (const viewer of ['anonymous', 'alice', 'olga'] as const) {
      const dead = await deadLinks(browserOf(viewer), viewer);
      assert.deepEqual(dead, [], viewer);
    }
  });

  it('contain no text outside of the catalogues', async () => {
    const unmark = markMessages();
    try {
      const found: string[] = [];
      for (const page of world.pages) {
        const viewer = viewersOf(page)[0]!;
        const { text } = await browserOf(viewer).get(page.address);
        assert.match(text, /⟦/);
        found.push(...unmarkedTexts(readHtml(text), PageWorld.data).map((one) => `${page.address}: ${one}`));
      }
      for (const { address, status } of errorAddresses) {
        const response = await browserOf('anonymous').get(address);
        assert.equal(response.status, status, address);
        found.push(...unmarkedTexts(readHtml(response.text), []).map((one) => `${address}: ${one}`));
      }
      assert.deepEqual(found, []);
    } finally {
      unmark();
    }
  });

  it('are searched for texts outside of the catalogues (a test of the test)', () => {
    const found = (html: string): string[] => unmarkedTexts(readHtml(html), ['alice']);
    assert.deepEqual(found('<p>⟦Hello ⟦you⟧⟧, 1 · 2</p><p translate="no">alice</p><code>docker</code>'), []);
    assert.deepEqual(found('<p>⟦Hello⟧ <b>there</b></p>'), ['there']);
    assert.deepEqual(found('<p>alice</p><button aria-label="Close">⟦x⟧</button>'), ['alice', 'Close']);
    assert.deepEqual(found('<title>⟦Tags⟧ alice · Central Index</title><img alt="">'), []);
    assert.deepEqual(found('<p>A &amp; B</p>'), ['A & B']);
  });

  // Follows all links from all pages of the list. Of those that differ in their query or in a number, a few are enough.
  async function deadLinks(browser: Browser, viewer: Viewer): Promise<string[]> {
    const queue = world.pages
      .filter((page) => viewersOf(page).includes(viewer))
      .map(({ address }) => address);
    const seen = new Set(queue);
    const perKind = new Map<string, number>();
    const dead: string[] = [];
    for (const address of queue) {
      const { status, headers, text } = await browser.get(address);
      if (status >= 300 && status < 400) follow(headers['location']!);
      else if (status !== 200) dead.push(`${status} ${address}`);
      else if (/^text\/html/.test(headers['content-type']!)) {
        const content = readHtml(text);
        dead.push(...deadFragments(content).map((fragment) => `${address} ${fragment}`));
        linksOf(content).forEach(follow);
      }
    }
    assert.ok(queue.length > 50, `${queue.length} addresses`);
    return dead;

    function follow(address: string): void {
      const kind = address.split('?', 1)[0]!.replace(/\d+/g, 'N');
      const count = perKind.get(kind) ?? 0;
      if (seen.has(address) || count >= 6) return;
      perKind.set(kind, count + 1);
      seen.add(address);
      queue.push(address);
    }
  }
});
