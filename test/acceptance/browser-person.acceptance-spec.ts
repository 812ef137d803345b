import assert from 'node:assert/strict';
import { afterAll, beforeAll, it } from '@jest/globals';
import { en } from '../../apps/server/src/web/messages/en';
import { Chromium, type ChromiumWindow } from './support/chromium';
import { describeWithReal } from './support/describe-with-real';
import type { DockerDaemon } from './support/docker-daemon';
import { DockerFixture } from './support/docker-fixture';
import { refused, succeeded } from './support/processes';
import { chromiumProgram, dockerdProgram, registryProgram } from './support/programs';
import { until } from './support/until';

const password = 'clouds over the harbour 4';
const readme = '# Webapp\n\nSays **hello**.';

describeWithReal(
  'a person in a browser',
  [chromiumProgram(), dockerdProgram(), registryProgram('distribution3')],
  () => {
    let fixture: DockerFixture;
    let engine: DockerDaemon;
    let chromium: Chromium;

    beforeAll(async () => {
      fixture = await DockerFixture.start('distribution3');
      engine = await fixture.docker();
      chromium = await Chromium.start(fixture.path('browser'), fixture.index.url);
    });
    afterAll(async () => {
      await chromium?.stop();
      await fixture?.stop();
    });

    for (const scripts of [true, false]) {
      it(`signs up, pushes with the shown commands, and deletes it all, ${scripts ? 'with' : 'without'} scripts`, async () => {
        const name = scripts ? 'carol' : 'david';
        const window = await chromium.open({ scripts });
        await signUp(window, name);
        await createRepository(window, name);
        await push(window, name);
        await star(window, name);
        await useToken(window, name);
        await edit(window, name, scripts);
        await remove(window, name);
        assert.deepEqual(window.complaints, []);
        await window.close();
      });
    }

    async function signUp(window: ChromiumWindow, name: string): Promise<void> {
      await window.visit('/');
      await window.press('link', en.site.signUp);
      await window.field(en.forms.username).fill(name);
      await window.field(en.forms.email).fill(`${name}@example.org`);
      await window.field(en.forms.password).fill('short');
      await window.press('button', en.signUp.submit);
      assert.equal(await window.field(en.forms.password).getAttribute('aria-invalid'), 'true');
      assert.equal(await window.field(en.forms.username).inputValue(), name);
      await window.field(en.forms.password).fill(password);
      await window.press('button', en.signUp.submit);
      assert.match(await window.text(), new RegExp(en.home.ownEmpty));
    }

    async function createRepository(window: ChromiumWindow, name: string): Promise<void> {
      await window.press('link', en.site.newRepository);
      await window.field(en.forms.name).fill('webapp');
      await window.field(en.forms.description).fill('A first description');
      await window.press('button', en.newRepository.submit);
      assert.equal(new URL(window.page.url()).pathname, `/r/${name}/webapp`);
      assert.match(await window.text(), /A first description/);
    }

    // The commands are run as they are shown, but for the password, which docker asks for on a terminal only.
    async function push(window: ChromiumWindow, name: string): Promise<void> {
      const user = engine.createUser(name);
      const [, , host] = await window.command('docker login');
      const [, ...tag] = await window.command('docker tag');
      const [, ...pushing] = await window.command('docker push');
      succeeded(await user.login(host!, name, password));
      await engine.build('local-image');
      succeeded(await user.docker(...tag.map((word) => (word === 'IMAGE' ? 'local-image' : word))));
      succeeded(await user.docker(...pushing));
      const tags = `/r/${name}/webapp/tags`;
      // Without the browser, whose own time is not what is measured.
      await until(1_000, async () =>
        (await (await fetch(fixture.index.url + tags)).text()).includes(`href="${tags}/latest"`),
      );
      await window.visit(tags);
      await window.press('link', 'latest');
      assert.match(await window.text(), /sha256:[0-9a-f]{64}/);
      await window.visit(`/r/${name}/webapp`);
      const [, , image] = await window.command('docker pull');
      succeeded(await engine.createUser('anonymous').pull(image!));
    }

    async function star(window: ChromiumWindow, name: string): Promise<void> {
      await window.visit(`/r/${name}/webapp`);
      await window.press('button', en.repository.star);
      await window.page.getByRole('button', { name: en.repository.unstar }).waitFor();
      assert.match(await window.text(), /1 star\b/);
    }

    async function useToken(window: ChromiumWindow, name: string): Promise<void> {
      const { host } = fixture.registry;
      await window.press('link', en.site.settings);
      await window.press('link', en.settings.pages.tokens);
      await window.field(en.settings.label).fill('laptop');
      await window.press('button', en.settings.create);
      const secret = (await window.page.locator('.notice code').textContent())!;
      assert.match(secret, /^ci_pat_/);
      const user = engine.createUser(`${name}-with-token`);
      succeeded(await user.login(host, name, secret));
      succeeded(await user.pull(`${host}/${name}/webapp:latest`));
      await window.visit('/settings/tokens');
      assert.doesNotMatch(await window.text(), /ci_pat_/);
      await window.press('button', `${en.settings.revoke}: laptop`);
      assert.doesNotMatch(await window.text(), /laptop/);
      assert.match(
        refused(await engine.createUser(`${name}-too-late`).login(host, name, secret)),
        /unauthorized/,
      );
    }

    async function edit(window: ChromiumWindow, name: string, scripts: boolean): Promise<void> {
      const { page } = window;
      await window.visit(`/r/${name}/webapp/settings`);
      await window.field(en.forms.description).fill('Another description');
      await window.field(en.forms.readme).fill(readme);
      await window.press('button', en.repository.preview);
      assert.equal(await page.locator('article.readme strong').textContent(), 'hello');
      assert.equal(await window.field(en.forms.readme).inputValue(), readme);
      await window.press('button', en.forms.save);
      await window.visit(`/r/${name}/webapp`);
      assert.match(await window.text(), /Another description/);
      assert.equal(await page.locator('article.readme strong').textContent(), 'hello');
      const copy = page.getByRole('button', { name: en.repository.copy });
      assert.equal((await copy.count()) > 0, scripts);
      if (!scripts) return;
      await window.context.grantPermissions(['clipboard-read', 'clipboard-write']);
      await copy.first().click();
      await page.getByRole('button', { name: en.repository.copied }).waitFor();
      const copied = await window.read<string>('navigator.clipboard.readText()');
      assert.equal(copied, (await window.command('docker pull')).join(' '));
    }

    async function remove(window: ChromiumWindow, name: string): Promise<void> {
      await window.visit(`/r/${name}/webapp/settings`);
      const field = window.field(en.forms.confirm(`${name}/webapp`));
      await field.fill('webapp');
      await window.press('button', en.repository.deleteRepository);
      assert.equal(await field.getAttribute('aria-invalid'), 'true');
      await field.fill(`${name}/webapp`);
      await window.press('button', en.repository.deleteRepository);
      assert.match(await window.text(), new RegExp(en.home.ownEmpty));
      assert.equal(await window.visit(`/r/${name}/webapp`), 404);
      await window.press('button', en.site.logOut);
      assert.equal(await window.visit('/new'), 200);
      assert.equal(new URL(window.page.url()).pathname, '/login');
    }
  },
);
