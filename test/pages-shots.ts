import { openEmbedded } from '@central-index/platform/embedded-postgres';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { locales } from '../apps/server/src/web/messages/locale';
import { Chromium } from './acceptance/support/chromium';
import { temporaryFolder } from './acceptance/support/environment';
import { errorAddresses, viewersOf, type Viewer } from './support/pages/page-list';
import { PageWorld } from './support/pages/page-world';

// `npm run pages:shots [-- FOLDER [PARTS OF ADDRESSES]]` makes a picture of every page, in each language, both colour
// schemes, and on a wide and a narrow screen.

const [folder = 'shots', ...parts] = process.argv.slice(2);
const widths = [1280, 320];

interface Shot {
  readonly address: string;
  readonly viewer: Viewer;
}

function shotsOf(world: PageWorld): Shot[] {
  const ofPages = world.pages.map((page): Shot => {
    const viewers = viewersOf(page);
    // Owners see more of a repository's pages than others do.
    const viewer = page.route.startsWith('/r/') ? 'alice' : viewers[0]!;
    return { address: page.address, viewer };
  });
  const ofErrors = errorAddresses.map(({ address }): Shot => ({ address, viewer: 'anonymous' }));
  const all = [...ofPages, ...ofErrors, { address: '/', viewer: 'alice' } as const];
  return all.filter(({ address }) => parts.length === 0 || parts.some((part) => address.includes(part)));
}

async function record(world: PageWorld, chromium: Chromium): Promise<number> {
  let count = 0;
  for (const viewer of ['anonymous', 'alice', 'olga'] as const) {
    const cookies = (await world.browserOf(viewer)).stored;
    for (const language of Object.keys(locales)) {
      const window = await chromium.open({ language, cookies });
      for (const { address } of shotsOf(world).filter((shot) => shot.viewer === viewer)) {
        await window.visit(address);
        for (const colorScheme of ['light', 'dark'] as const) {
          await window.page.emulateMedia({ colorScheme });
          for (const width of widths) {
            await window.page.setViewportSize({ width, height: 800 });
            const name = `${nameOf(address)}.${viewer}.${language}.${colorScheme}.${width}.png`;
            await window.page.screenshot({ path: join(folder, name), fullPage: true });
            count += 1;
          }
        }
      }
      await window.close();
    }
  }
  return count;
}

const nameOf = (address: string): string => address.replace(/[^\w.-]+/g, '-').replace(/^-|-$/g, '') || 'home';

async function main(): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const home = temporaryFolder();
  const database = await openEmbedded({ dataDir: join(home, 'data'), create: true, log: () => undefined });
  process.env.TEST_DATABASE_URL = database.url;
  const world = await PageWorld.start();
  const chromium = await Chromium.start(home, world.url);
  const count = await record(world, chromium);
  await chromium.stop();
  await world.stop();
  await database.close();
  process.stdout.write(`${count} pictures in ${resolve(folder)}\n`);
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${String((error as Error).stack)}\n`);
    process.exit(1);
  },
);
