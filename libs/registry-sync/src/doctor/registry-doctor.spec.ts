import assert from 'node:assert/strict';
import { afterAll, afterEach, beforeAll, describe, it } from '@jest/globals';
import { FakeRegistry } from '../../../../test/support/fake-registry';
import { imageOf } from '../../../../test/support/images';
import { RegistryFixture } from '../../../../test/support/registry-fixture';
import type { RegistryCheck } from './registry-checks';

describe('the doctor of registries', () => {
  let at: RegistryFixture;
  let delivering = true;
  let delivery: Promise<void>;
  beforeAll(async () => {
    at = await RegistryFixture.start('3.x');
    await at.place('alice/app');
    at.fake.fill('alice/app', imageOf('app'), ['v1']);
    await at.reconcile();
    // The registry's notifications, as long as the test lets them through.
    delivery = (async () => {
      while (delivering) {
        const events = at.fake.drainEvents();
        if (events.length > 0 && reporting) await at.deliver(events);
        await new Promise((next) => setImmediate(next));
      }
    })();
  });
  let reporting = true;
  afterEach(() => {
    at.fake.fault = () => undefined;
    Object.assign(at.fake, {
      challenge: 'realm="http://localhost:8080/token",service="main"',
      secondsAhead: 0,
      deletes: true,
      gullible: false,
    });
    reporting = true;
  });
  afterAll(async () => {
    delivering = false;
    await delivery;
    await at.stop();
  });

  const patience = 5_000;
  /** What is not well, with what the doctor says to it. */
  const complaints = async (patienceMs = patience): Promise<Record<string, string>> => {
    const checks = Object.values(await at.diagnose(patienceMs));
    const bad = checks.filter(({ status }) => status !== 'ok');
    for (const { name, status, hint } of bad) {
      if (status !== 'unknown') assert.ok(hint, `${name} has a remedy`);
    }
    return Object.fromEntries(
      bad.map(({ name, status, detail }: RegistryCheck) => [name, `${status}: ${detail}`]),
    );
  };
  // The fake speaks plain http, which is worth a warning always.
  const http = { tls: 'warning: plain http: tokens and images can be read on the way' };

  it('does not know what there was no time for', async () => {
    reporting = false;
    const checks = await at.diagnose(patience, 'main', 500);
    const verdicts = ['catalog', 'notifications', 'events', 'drift'].map((name) => checks[name]!.status);
    assert.deepEqual(verdicts, ['ok', 'unknown', 'unknown', 'unknown']);
    assert.match(checks.drift!.detail, /no time/);
  });

  it('finds nothing wrong with a registry that is well', async () => {
    assert.deepEqual(await complaints(), http);
    assert.deepEqual(Object.keys(await at.diagnose(patience)), [
      'reachable',
      'tls',
      'challenge',
      'clock',
      'token',
      'foreign-token',
      'catalog',
      'delete',
      'notifications',
      'events',
      'drift',
    ]);
  });

  it('finds one that is not there', async () => {
    const gone = await FakeRegistry.start();
    const { url } = gone;
    await gone.stop();
    await at.addRegistry('gone', url);
    const { reachable, ...rest } = await at.diagnose(patience, 'gone');
    assert.equal(reachable?.status, 'failed');
    assert.match(reachable?.detail ?? '', /ECONNREFUSED|refused/i);
    assert.deepEqual(rest, {});
  });

  it('finds one that sends clients elsewhere, or calls itself by another name', async () => {
    at.fake.challenge = 'realm="http://old.example.org/token",service="registry"';
    assert.deepEqual(await complaints(), {
      ...http,
      challenge:
        'failed: realm is http://old.example.org/token instead of http://localhost:8080/token, ' +
        'service is registry instead of main',
    });
  });

  it('finds one that is open to everybody', async () => {
    at.fake.challenge = undefined;
    assert.match((await complaints()).challenge ?? '', /^failed: it asks for no token/);
  });

  it('finds a clock that is wrong, and one that is too wrong', async () => {
    at.fake.clockAheadSeconds = 20;
    assert.match((await complaints()).clock ?? '', /^warning: (19|20|21) s ahead/);
    at.fake.clockAheadSeconds = -90;
    assert.match((await complaints()).clock ?? '', /^failed: (89|90|91) s behind/);
  });

  it('finds one that refuses the index', async () => {
    await at.sql.query(`update registry set service = 'misnamed' where name = 'main'`);
    try {
      const found = await complaints();
      assert.match(found.token ?? '', /^failed: it answers 401/);
      assert.match(found.catalog ?? '', /^unknown/);
    } finally {
      await at.sql.query(`update registry set service = 'main' where name = 'main'`);
    }
  });

  it('finds one that believes tokens for others', async () => {
    at.fake.acceptsAnyAudience = true;
    assert.deepEqual(await complaints(), {
      ...http,
      'foreign-token': 'failed: it answers 200 to a token for another service',
    });
  });

  it('finds one without a catalog, and one that deletes nothing', async () => {
    at.fake.allowsDeletes = false;
    assert.match((await complaints()).delete ?? '', /^warning/);
    at.fake.fault = (path) => (path === '/v2/_catalog' ? 500 : undefined);
    const found = await complaints();
    assert.match(found.catalog ?? '', /^failed/);
    assert.match(found.drift ?? '', /^failed/);
  });

  it('finds one that reports nothing', async () => {
    reporting = false;
    assert.match((await complaints(300)).notifications ?? '', /^failed: none came/);
  });

  it('finds drift and parked events, and changes nothing', async () => {
    at.fake.fill('alice/app', imageOf('more'), ['v2']);
    await at.deliver([{ nonsense: true }]);
    await at.apply();
    const before = await at.contents('alice/app');
    const found = await complaints();
    assert.match(found.drift ?? '', /^warning: 1 tags the index lacks/);
    assert.match(found.events ?? '', /^warning: .* 1 were parked/);
    assert.deepEqual(await at.contents('alice/app'), before);
    await at.reconcile();
  });

  it('finds one that was started on an empty disk', async () => {
    at.fake.wipe();
    assert.match((await complaints()).drift ?? '', /^failed: nothing is left/);
  });
});
