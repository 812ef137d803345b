import { chromium, type Browser, type BrowserContext, type Locator, type Page } from 'playwright-core';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { environmentIn } from './environment';
import { chromiumProgram, pathOf } from './programs';

/** How a window shows pages: language, colours, size, and whether scripts run. */
export interface WindowOptions {
  readonly language?: string;
  readonly colours?: 'light' | 'dark';
  readonly width?: number;
  readonly scripts?: boolean;
  /** Cookies by name, for `url`. */
  readonly cookies?: ReadonlyMap<string, string>;
}

const timeoutMs = 15_000;
const emptyImage = '<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"/>';

/** Chromium without a window, with its files in one folder. */
export class Chromium {
  private constructor(
    private readonly browser: Browser,
    /** The address of the index. */
    private readonly url: string,
  ) {}

  /** Starts it for the pages of the index at `url`. */
  static async start(folder: string, url: string): Promise<Chromium> {
    const home = join(folder, 'chromium');
    mkdirSync(home, { recursive: true });
    const browser = await chromium.launch({
      executablePath: pathOf(chromiumProgram()),
      env: environmentIn(home, { TMPDIR: home }),
      // Container images have a /dev/shm of 64 MB.
      args: ['--disable-dev-shm-usage'],
    });
    return new Chromium(browser, url);
  }

  /** Opens a window with cookies of its own, which notes what goes wrong in it. */
  async open(options: WindowOptions = {}): Promise<ChromiumWindow> {
    const { language = 'en', colours = 'light', width = 1280, scripts = true, cookies = new Map() } = options;
    const context = await this.browser.newContext({
      baseURL: this.url,
      locale: language,
      colorScheme: colours,
      viewport: { width, height: 800 },
      javaScriptEnabled: scripts,
      reducedMotion: 'reduce',
    });
    context.setDefaultTimeout(timeoutMs);
    const list = [...(cookies as ReadonlyMap<string, string>)];
    await context.addCookies(list.map(([name, value]) => ({ name, value, url: this.url })));
    await context.route(
      ({ href }) => !href.startsWith(`${this.url}/`),
      (route) => route.fulfill({ contentType: 'image/svg+xml', body: emptyImage }),
    );
    return ChromiumWindow.in(context, this.url);
  }

  async stop(): Promise<void> {
    await this.browser.close();
  }
}

/** One window, which notes errors of the console and of scripts, and violations of the policy of pages. */
export class ChromiumWindow {
  /** What went wrong since it was opened. */
  readonly complaints: string[] = [];
  private readonly visited = new Set<string>();
  private requested = 0;

  private constructor(
    readonly context: BrowserContext,
    readonly page: Page,
    private readonly url: string,
  ) {}

  /** Opens a window in a context, for the pages of the index at `url`. */
  static async in(context: BrowserContext, url: string): Promise<ChromiumWindow> {
    const page = await context.newPage();
    const window = new ChromiumWindow(context, page, url);
    await window.listen();
    return window;
  }

  /** Requests since a page was opened with `visit`. */
  get requests(): number {
    return this.requested;
  }

  /** Opens a page and waits until it is loaded. Returns its status. */
  async visit(address: string): Promise<number> {
    this.requested = 0;
    const response = await this.page.goto(address, { waitUntil: 'load' });
    return response?.status() ?? 0;
  }

  /** Presses a button of a form, or follows a link, and waits until the page that comes is loaded. */
  async press(kind: 'button' | 'link', name: string, withinMs = timeoutMs): Promise<void> {
    const control = this.page.getByRole(kind, { name, exact: true }).first();
    if ((await control.count()) === 0) {
      throw new Error(`no ${kind} ${name} at ${this.page.url()}: ${await this.text()}`);
    }
    await Promise.all([this.page.waitForEvent('load', { timeout: withinMs }), control.click()]);
  }

  /** The text of the page's main part, as it is shown. */
  text(): Promise<string> {
    return this.page.getByRole('main').innerText();
  }

  /** The field with a label. */
  field(label: string): Locator {
    return this.page.locator('input, select, textarea').and(this.page.getByLabel(label, { exact: true }));
  }

  /** The command of the page that begins like this, in its words. */
  async command(beginning: string): Promise<string[]> {
    const commands = await this.page.locator('.command code').allTextContents();
    const found = commands.find((text) => text.startsWith(beginning));
    if (found === undefined) throw new Error(`no command begins with ${beginning}: ${commands.join('; ')}`);
    return found.split(' ');
  }

  /** Evaluates an expression in the page. */
  read<T = unknown>(expression: string): Promise<T> {
    return this.page.evaluate<T>(expression);
  }

  /** True if the page is wider than the window. */
  scrollsSideways(): Promise<boolean> {
    return this.read('document.scrollingElement.scrollWidth > document.scrollingElement.clientWidth');
  }

  async close(): Promise<void> {
    await this.context.close();
  }

  private async listen(): Promise<void> {
    const { page } = this;
    await page.exposeBinding('recordViolation', (_, text: string) => void this.complaints.push(text));
    await page.addInitScript(`
      document.addEventListener('securitypolicyviolation', (event) =>
        window.recordViolation('policy: ' + event.violatedDirective + ' ' + event.blockedURI));`);
    page.on('request', (request) => {
      this.requested += 1;
      if (request.isNavigationRequest()) this.visited.add(request.url());
      // Only READMEs name other hosts, and only for images, which `open` gives an answer to.
      if (!request.url().startsWith(`${this.url}/`) && request.resourceType() !== 'image') {
        this.complaints.push(`request to another host: ${request.url()}`);
      }
    });
    page.on('pageerror', (error) => void this.complaints.push(String(error)));
    page.on('console', (message) => {
      // The status of a page itself is asserted where it matters.
      const isStatus = message
        .text()
        .startsWith('Failed to load resource: the server responded with a status');
      if (isStatus && this.visited.has(message.location().url)) return;
      if (message.type() === 'error') this.complaints.push(`${message.text()} ${message.location().url}`);
    });
  }
}
