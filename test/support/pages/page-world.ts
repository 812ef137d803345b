import { PasswordResetsService } from '@central-index/accounts';
import { RegistriesService } from '@central-index/registries';
import { Client } from 'pg';
import { Browser } from '../browser';
import { FakeRegistry } from '../fake-registry';
import { IndexUnderTest } from '../index-under-test';
import { createAdministrator } from '../users';
import { pages, type ListedPage, type Viewer } from './page-list';
import { appDescription, centosDescription, chineseDescription, hostileDescription } from './page-texts';
import { fillPageWorld, reportEvents } from './page-world-data';

const passwordOf = (name: string): string => `a long password of ${name}`;

/** An index whose pages all have something to show: the addresses of `page-list.ts` are about it. */
export class PageWorld {
  private reporting: NodeJS.Timeout | undefined;
  private reset = '';

  private constructor(
    readonly index: IndexUnderTest,
    private readonly registry: FakeRegistry,
    private readonly sql: Client,
  ) {}

  /** Texts of the world that titles and attributes of pages may contain, where they cannot be marked as data. */
  static readonly data: readonly string[] = [
    ...['alice', 'olga', 'centos', 'app', 'main', 'empty', 'hostile', 'v1', 'multi', 'ci <b>'],
    ...[hostileDescription, chineseDescription, appDescription, centosDescription],
  ];

  static async start(): Promise<PageWorld> {
    const index = await IndexUnderTest.start({ RATE_LIMITS: 'off' });
    const registry = await FakeRegistry.start({ generation: '3.x' });
    const sql = new Client({ connectionString: index.database.url });
    await sql.connect();
    const world = new PageWorld(index, registry, sql);
    try {
      await world.fill();
    } catch (error) {
      await world.stop();
      throw error;
    }
    return world;
  }

  /** The public address, whose host names the cookies and forms belong to. */
  get url(): string {
    return this.index.config.server.publicUrl;
  }

  /** All pages, at addresses of this world. */
  get pages(): readonly ListedPage[] {
    return pages.map((page) => ({ ...page, address: page.address.replace('{reset}', this.reset) }));
  }

  /** A browser without scripts, with a session unless the viewer is anonymous. */
  async browserOf(viewer: Viewer, language = 'en'): Promise<Browser> {
    const browser = new Browser(this.index.url, { 'accept-language': language });
    if (viewer === 'anonymous') return browser;
    const form = { username: viewer, password: passwordOf(viewer) };
    const { status, text } = await browser.submit('/login', '/login', form);
    if (status !== 303) throw new Error(`log-in of ${viewer}: ${status} ${text}`);
    return browser;
  }

  private async fill(): Promise<void> {
    const { index, registry, sql } = this;
    const place = {
      name: 'main',
      url: registry.url,
      host: 'registry.example.org',
      kind: 'distribution3',
    } as const;
    registry.challenge = `realm="${this.url}/token",service="main"`;
    const registries = index.app.get(RegistriesService, { strict: false });
    const { hookSecret } = await registries.add(place, { name: ':test' });
    const actors = {
      index,
      sql,
      registry,
      notifier: index.anonymous.bearer(hookSecret),
      alice: await index.signUp('alice', passwordOf('alice')),
      olga: await createAdministrator(index, 'olga'),
    };
    await fillPageWorld(actors);
    const resets = index.app.get(PasswordResetsService, { strict: false });
    this.reset = (await resets.create('alice', { name: ':test' })).token;
    // The doctor of the registry waits for an event of its own request.
    this.reporting = setInterval(() => void reportEvents(actors), 50);
  }

  async stop(): Promise<void> {
    clearInterval(this.reporting);
    await this.sql.end();
    await this.index.stop();
    await this.registry.stop();
  }
}
