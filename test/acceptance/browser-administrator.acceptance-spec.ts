import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, beforeAll, it } from '@jest/globals';
import { en } from '../../apps/server/src/web/messages/en';
import { Chromium, type ChromiumWindow } from './support/chromium';
import { describeWithReal } from './support/describe-with-real';
import { bob, DockerFixture, olga } from './support/docker-fixture';
import { chromiumProgram, registryProgram } from './support/programs';
import { BlobRegistry } from './support/registry';
import { until } from './support/until';

const { admin, forms, logIn } = en;
/** As long as a diagnosis takes at most. */
const doctorMs = 40_000;

describeWithReal(
  'an administrator in a browser',
  [chromiumProgram(), registryProgram('distribution3')],
  () => {
    let fixture: DockerFixture;
    let chromium: Chromium;
    const registries: BlobRegistry[] = [];

    beforeAll(async () => {
      fixture = await DockerFixture.start('distribution3');
      chromium = await Chromium.start(fixture.path('browser'), fixture.index.url);
    });
    afterAll(async () => {
      await chromium?.stop();
      for (const registry of registries) await registry.stop();
      await fixture?.stop();
    });

    for (const scripts of [true, false]) {
      it(`manages names, registries, accounts and search, ${scripts ? 'with' : 'without'} scripts`, async () => {
        const suffix = scripts ? 'one' : 'two';
        const window = await chromium.open({ scripts });
        await signIn(window);
        await addOfficial(window, `tools-${suffix}`);
        await addRegistry(window, `registry-${suffix}`);
        await disableAccount(window);
        await readAudit(window, `tools-${suffix}`);
        await rebuildSearch(window);
        assert.deepEqual(window.complaints, []);
        await window.close();
      });
    }

    async function signIn(window: ChromiumWindow): Promise<void> {
      await window.visit('/admin/overview');
      await window.field(forms.username).fill(olga.name);
      await window.field(forms.password).fill(olga.password);
      await window.press('button', logIn.submit);
      assert.equal(new URL(window.page.url()).pathname, '/admin/overview');
    }

    async function addOfficial(window: ChromiumWindow, name: string): Promise<void> {
      await window.press('link', admin.pages.official);
      await window.field(forms.name).fill(name);
      await window.field(forms.description).fill('Tools for everyone');
      await window.press('button', admin.official.add);
      await window.press('link', admin.official.show);
      assert.equal(new URL(window.page.url()).pathname, `/_/${name}`);
      assert.match(await window.text(), /Tools for everyone/);
      assert.equal((await fixture.api().repository(`library/${name}`))?.official, true);
    }

    /** Registers a registry, starts it with the configuration that the page shows, and has the page diagnose it. */
    async function addRegistry(window: ChromiumWindow, name: string): Promise<void> {
      const registry = await BlobRegistry.prepare('distribution3', fixture.path(name));
      registries.push(registry);
      await window.visit('/admin/registries');
      await window.field(admin.registries.name).fill(name);
      await window.field(admin.registry.url).fill(registry.url);
      await window.press('button', admin.registries.add);
      const [fragment, certificate] = await window.page.locator('.command code').allTextContents();
      const path = (await window.page.locator('p > code').textContent())!;
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, `${certificate}\n`);
      await registry.start(`${fragment}\n`);
      await window.visit(`/admin/registries/${name}`);
      await window.press('button', admin.registries.runDoctor, doctorMs);
      const diagnosis = await window.text();
      assert.ok(diagnosis.includes(admin.doctor.healthy), diagnosis);
      await window.visit(`/admin/registries/${name}`);
      await window.press('button', admin.registry.reconcile);
      await untilSucceeded(window);
    }

    async function disableAccount(window: ChromiumWindow): Promise<void> {
      const signsIn = async (): Promise<boolean> => (await fixture.api(bob).send('GET', '/api/v1/user')).ok;
      assert.equal(await signsIn(), true);
      await window.visit('/admin/accounts');
      await window.field(admin.accounts.find).fill(bob.name);
      await Promise.all([window.page.waitForEvent('load'), window.field(admin.accounts.find).press('Enter')]);
      await window.press('link', bob.name);
      await window.press('button', admin.accounts.disable);
      assert.equal(await signsIn(), false);
      await window.press('button', admin.accounts.enable);
      assert.equal(await signsIn(), true);
    }

    async function readAudit(window: ChromiumWindow, name: string): Promise<void> {
      await window.visit('/admin/audit');
      await window.field(admin.audit.actor).fill(olga.name);
      await window.field(admin.audit.subject).fill(name);
      await window.press('button', admin.audit.filter);
      const rows = await window.page.getByRole('row').allTextContents();
      assert.ok(rows.length >= 2, rows.join('\n'));
      assert.ok(
        rows.slice(1).every((row) => row.includes(name) && row.includes(olga.name)),
        rows.join('\n'),
      );
    }

    async function rebuildSearch(window: ChromiumWindow): Promise<void> {
      await window.visit('/admin/search');
      await window.press('button', admin.search.rebuild);
      await untilSucceeded(window);
    }

    async function untilSucceeded(window: ChromiumWindow): Promise<void> {
      const address = new URL(window.page.url()).pathname;
      assert.match(address, /^\/admin\/operations\/\d+$/);
      await until(15_000, async () => {
        await window.visit(address);
        return (await window.text()).includes(admin.operations.states.succeeded);
      });
    }
  },
);
