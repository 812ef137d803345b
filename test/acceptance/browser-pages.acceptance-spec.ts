import assert from 'node:assert/strict';
import { afterAll, beforeAll, it } from '@jest/globals';
import axe from 'axe-core';
import { locales } from '../../apps/server/src/web/messages/locale';
import { viewersOf, type Viewer } from '../support/pages/page-list';
import { PageWorld } from '../support/pages/page-world';
import { Chromium, type ChromiumWindow } from './support/chromium';
import { describeWithReal } from './support/describe-with-real';
import { temporaryFolder } from './support/environment';
import { chromiumProgram } from './support/programs';
import { until } from './support/until';

const allRules: axe.RunOnly = {
  type: 'tag',
  values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
};
// Those that depend on colours.
const colourRules: axe.RunOnly = { type: 'rule', values: ['color-contrast', 'link-in-text-block'] };
const maxRequests = 12;

describeWithReal('pages in a browser', [chromiumProgram()], () => {
  let world: PageWorld;
  let chromium: Chromium;

  beforeAll(async () => {
    world = await PageWorld.start();
    chromium = await Chromium.start(temporaryFolder(), world.url);
  });
  afterAll(async () => {
    await chromium?.stop();
    await world?.stop();
  });

  const open = async (viewer: Viewer, options: object = {}): Promise<ChromiumWindow> =>
    chromium.open({ ...options, cookies: (await world.browserOf(viewer)).stored });

  for (const language of Object.keys(locales)) {
    it(`are accessible in both schemes, fit a phone, and cause no complaint, in ${language}`, async () => {
      const faults: string[] = [];
      for (const viewer of ['anonymous', 'alice', 'olga'] as const) {
        const window = await open(viewer, { language });
        for (const page of world.pages) {
          if (firstViewerOf(page.route, viewersOf(page)) !== viewer) continue;
          const found = await faultsOf(window, page.address);
          faults.push(...found.map((fault) => `${page.address} for ${viewer}: ${fault}`));
        }
        await window.close();
      }
      assert.deepEqual(faults, []);
    });
  }

  // Owners see more of a repository's pages than others do.
  const firstViewerOf = (route: string, viewers: readonly Viewer[]): Viewer =>
    route.startsWith('/r/') ? 'alice' : viewers[0]!;

  /** What is wrong with a page in a window, in both colour schemes and on a narrow screen. */
  async function faultsOf(window: ChromiumWindow, address: string): Promise<string[]> {
    const { page } = window;
    const before = window.complaints.length;
    const status = await window.visit(address);
    const faults = status === 200 ? [] : [`status ${status}`];
    if (window.requests > maxRequests) faults.push(`${window.requests} requests`);
    faults.push(...(await violations(window)));
    await page.emulateMedia({ colorScheme: 'dark' });
    faults.push(...(await violations(window, colourRules)).map((text) => `dark: ${text}`));
    await page.emulateMedia({ media: 'print', colorScheme: 'light' });
    const isPrinted = `[...document.querySelectorAll('h1, main > *')].every((element) => element.checkVisibility())`;
    if (!(await window.read(isPrinted))) faults.push('not printed');
    await page.emulateMedia({ media: 'screen' });
    await page.setViewportSize({ width: 320, height: 640 });
    if (await window.scrollsSideways()) faults.push('scrolls sideways at 320 px');
    await page.setViewportSize({ width: 1280, height: 800 });
    return [...faults, ...window.complaints.slice(before)];
  }

  async function violations(window: ChromiumWindow, runOnly = allRules): Promise<string[]> {
    if (await window.read('window.axe === undefined')) await window.read(`${axe.source}; undefined`);
    const options = JSON.stringify({ runOnly, resultTypes: ['violations'] });
    const results = await window.read<axe.AxeResults>(`axe.run(document, ${options})`);
    return results.violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary ?? ''}`),
    );
  }

  it('would be found inaccessible if they were (a test of the test)', async () => {
    const window = await open('anonymous');
    await window.visit('/help');
    await window.read(`document.querySelector('main').append(document.createElement('input'))`);
    assert.match((await violations(window)).join(), /^label: <input>/);
    await window.read(`document.querySelector('main').style.minWidth = '3000px'`);
    assert.equal(await window.scrollsSideways(), true);
    await window.read(`document.querySelector('main').innerHTML += '<p style="color: red">x</p>'`);
    await until(5_000, async () => /policy: style-src/.test(window.complaints.join()));
    await window.close();
  });

  it('are used with the keyboard alone', async () => {
    const window = await open('alice');
    const { page } = window;
    await window.visit('/r/alice/app');
    await page.keyboard.press('Tab');
    assert.equal(await window.read('document.activeElement.className'), 'skip');
    assert.equal(await isFocusSeen(window), true);
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    assert.equal(await window.read(`document.activeElement.closest('main') !== null`), true);
    await window.visit('/settings/tokens');
    const { reached, focusable } = await tabThrough(window);
    assert.deepEqual(reached, focusable);
    await window.visit('/r/alice/app/settings');
    await window.field('Description').focus();
    await page.keyboard.type(' typed');
    const saved = page.waitForEvent('load');
    await page.keyboard.press('Enter');
    await saved;
    assert.match(await window.field('Description').inputValue(), / typed/);
    assert.deepEqual(window.complaints, []);
    await window.close();
  });

  const isFocusSeen = (window: ChromiumWindow): Promise<boolean> =>
    window.read(`(() => {
      const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
      const { left, right, top, bottom } = document.activeElement.getBoundingClientRect();
      const isInside = right > 0 && bottom > 0 && left < innerWidth && top < innerHeight;
      return outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2 && isInside;
    })()`);

  /** The elements that Tab reaches, from the first to the last, and those that it should reach, in the order of the page. */
  async function tabThrough(window: ChromiumWindow): Promise<{ reached: string[]; focusable: string[] }> {
    const describe = `(element) => element.tagName + ' ' + (element.textContent || element.name || element.id).trim()`;
    const focusable = await window.read<string[]>(`
      [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')]
        .filter((element) => element.checkVisibility() && element.type !== 'hidden' && !element.disabled)
        .map(${describe})`);
    const reached: string[] = [];
    for (let n = 0; n < focusable.length; n += 1) {
      await window.page.keyboard.press('Tab');
      const focused = await window.read<string>(`(${describe})(document.activeElement)`);
      assert.equal(await isFocusSeen(window), true, `focus on ${focused}`);
      reached.push(focused);
    }
    return { reached, focusable };
  }

  it('suggest names in a combobox, which arrows, Enter and Escape control', async () => {
    const window = await open('anonymous');
    const { page } = window;
    await window.visit('/');
    const box = page.getByRole('search').getByRole('combobox');
    await box.pressSequentially('cento');
    const options = page.getByRole('listbox').getByRole('option');
    await options.first().waitFor();
    assert.equal(await box.getAttribute('aria-expanded'), 'true');
    await page.keyboard.press('ArrowDown');
    assert.equal(await options.first().getAttribute('aria-selected'), 'true');
    assert.equal(await box.getAttribute('aria-activedescendant'), await options.first().getAttribute('id'));
    assert.deepEqual(await violations(window), []);
    await page.keyboard.press('Escape');
    assert.equal(await box.getAttribute('aria-expanded'), 'false');
    assert.equal(await box.inputValue(), 'cento');
    await page.keyboard.type('s');
    await options.first().waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/_/centos');
    assert.deepEqual(window.complaints, []);
    await window.close();
  });
});
