import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { parse } from 'yaml';
import { runCommand } from '../support/cli';
import type { Actor, HttpResponse } from '../support/client';
import { eventually } from '../support/eventually';
import { FakeRegistry } from '../support/fake-registry';
import { imageOf } from '../support/images';
import { IndexUnderTest } from '../support/index-under-test';
import { createAdministrator } from '../support/users';

type Check = { name: string; status: string; detail: string; hint: string | null };

/** Each remedy that the doctor prints is followed as it is printed. */
describe('the remedies of the registry doctor', () => {
  let index: IndexUnderTest;
  let fake: FakeRegistry;
  let alice: Actor;
  let olga: Actor;
  /** The secret in the registry's configuration. */
  let secret: string;
  let isDelivering = true;
  let delivery: Promise<void>;
  const files = ['main.part.yml', 'main.part.yml.ca.pem'];
  beforeAll(async () => {
    index = await IndexUnderTest.start();
    fake = await FakeRegistry.start({ service: 'main', generation: '3.x' });
    fake.challenge = `realm="${index.config.server.publicUrl}/token",service="main"`;
    alice = await index.signUp('alice');
    olga = await createAdministrator(index, 'olga');
    secret = (await olga.post('/api/v1/admin/registries', { name: 'main', url: fake.url })).json.hook_secret;
    delivery = (async () => {
      while (isDelivering) {
        for (const event of fake.drainEvents()) await notify(event);
        await new Promise((next) => setTimeout(next, 10));
      }
    })();
    for (const name of ['one', 'two', 'three', 'four', 'five']) {
      await grant(name);
      fake.fill(`alice/${name}`, imageOf(name), ['v1', 'v2']);
    }
    assert.equal((await runCommand(index, 'registry', 'reconcile', 'main')).code, 0);
  });
  afterAll(async () => {
    isDelivering = false;
    await delivery;
    for (const file of files) rmSync(file, { force: true });
    await fake.stop();
    await index.stop();
  });

  const grant = (name: string): Promise<HttpResponse> =>
    alice.get(`/token?service=main&scope=repository:alice/${name}:pull,push`);
  const notify = (event: object): Promise<HttpResponse> =>
    index.anonymous.bearer(secret).send('POST', '/hooks/registry/main', {
      body: JSON.stringify({ events: [event] }),
      headers: { 'content-type': 'application/vnd.docker.distribution.events.v2+json' },
    });
  const diagnose = async (): Promise<Record<string, Check>> => {
    const { json, text } = await olga.get('/api/v1/admin/registries/main/doctor');
    assert.ok(Array.isArray(json.checks), text);
    return Object.fromEntries((json.checks as Check[]).map((one) => [one.name, one]));
  };
  const finding = async (name: string, status: string): Promise<string> => {
    const found = (await diagnose())[name];
    assert.equal(found?.status, status, JSON.stringify(found));
    return found?.hint ?? '';
  };
  /** Runs the commands in a hint in its order, as often as it says. `values` replace the words in capitals. */
  const follow = async (hint: string, values: Record<string, string> = {}): Promise<void> => {
    const commands = [...hint.matchAll(/`central-index ([^`]+)`( twice)?/g)];
    assert.ok(commands.length > 0, `no command in: ${hint}`);
    for (const [, line, twice] of commands) {
      const args = line!.split(' ').map((word) => values[word] ?? word);
      for (let run = 0; run < (twice === undefined ? 1 : 2); run += 1) {
        const { code, stderr } = await runCommand(index, ...args);
        assert.equal(code, 0, `${line}: ${stderr}`);
      }
    }
  };
  const assertPasses = (...names: string[]): Promise<void> =>
    eventually(async () => {
      const checks = await diagnose();
      for (const name of names) assert.equal(checks[name]?.status, 'ok', JSON.stringify(checks[name]));
    }, 20_000);

  it('for tags that the index lacks, and for tags that are gone', async () => {
    fake.fill('alice/one', imageOf('new'), ['v3']);
    await follow(await finding('drift', 'warning'));
    await assertPasses('drift');
    fake.hidden.add('v3');
    fake.fault = (path) =>
      path.endsWith('/manifests/v3') ? { status: 404, codes: ['MANIFEST_UNKNOWN'] } : undefined;
    await follow(await finding('drift', 'warning'));
    await assertPasses('drift');
    fake.fault = () => undefined;
  });

  it('for more missing tags than one reconcile may delete', async () => {
    fake.wipe();
    const hint = await finding('drift', 'failed');
    assert.match(hint, /--limit 5`/);
    await follow(hint);
    await assertPasses('drift');
  });

  it('for parked events', async () => {
    fake.fill('alice/late', imageOf('late'), ['v1']);
    const target = { repository: 'alice/late', tag: 'v1', digest: imageOf('late').digest };
    const mediaType = imageOf('late').mediaType;
    const url = `${fake.url}/v2/alice/late/manifests/v1`;
    await notify({
      id: 'late',
      timestamp: new Date().toISOString(),
      action: 'push',
      target: { ...target, mediaType, url },
      request: { method: 'PUT' },
      actor: { name: 'alice' },
    });
    const parked = '/api/v1/admin/registries/main/events/parked';
    await eventually(async () => assert.equal((await olga.get(parked)).json.items.length, 1), 20_000);
    await grant('late');
    await follow(await finding('events', 'warning'));
    await assertPasses('events');
    const { json } = await alice.get('/api/v1/repositories/alice/late');
    assert.equal(json.tags, 1);
  });

  it('for a registry that moved to another address', async () => {
    await olga.patch('/api/v1/admin/registries/main', { url: 'http://127.0.0.1:1' });
    await follow(await finding('reachable', 'failed'), { URL: fake.url });
    await assertPasses('reachable');
  });

  it('name the setting of the registry where no command helps', async () => {
    fake.allowsDeletes = false;
    assert.match(await finding('delete', 'warning'), /storage\.delete\.enabled/);
    fake.allowsDeletes = true;
    await assertPasses('delete');
  });

  it('for a wrong realm, and for notifications with a wrong secret', async () => {
    fake.challenge = 'realm="http://old.example.org/token",service="old"';
    secret = 'another one';
    const { challenge, notifications: lost } = await diagnose();
    assert.deepEqual([challenge?.status, lost?.status], ['failed', 'failed']);
    assert.ok(lost!.hint!.includes(challenge!.hint!), 'the same remedy');
    await follow(challenge!.hint!);
    const { auth, notifications } = parse(readFileSync(files[0]!, 'utf8'));
    fake.challenge = `realm="${auth.token.realm}",service="${auth.token.service}"`;
    secret = notifications.endpoints[0].headers.Authorization[0].slice('Bearer '.length);
    await assertPasses('challenge', 'notifications');
  });
});
