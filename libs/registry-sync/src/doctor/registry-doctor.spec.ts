import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, it } from '@jest/globals';
import { FakeRegistry } from '../../../../test/support/fake-registry';
import { imageOf } from '../../../../test/support/images';
import { RegistryFixture } from '../../../../test/support/registry-fixture';
import type { RegistryCheck } from './check-result';

describe('the registry doctor', () => {
  let at: RegistryFixture;
  let isDelivering = true;
  let delivery: Promise<void>;
  beforeAll(async () => {
    at = await RegistryFixture.start('3.x');
    await at.place('alice/app');
    at.fake.fill('alice/app', imageOf('app'), ['v1']);
    await at.reconcile();
    // Delivers the registry's notifications while `isReporting` is set.
    delivery = (async () => {
      while (isDelivering) {
        const events = at.fake.drainEvents();
        if (events.length > 0 && isReporting) await at.deliver(events);
        await new Promise((next) => setImmediate(next));
      }
    })();
  });
  let isReporting = true;
  afterEach(() => {
    at.fake.fault = () => undefined;
    Object.assign(at.fake, {
      challenge: 'realm="http://localhost:8080/token",service="main"',
      clockAheadSeconds: 0,
      allowsDeletes: true,
      acceptsAnyAudience: false,
    });
    isReporting = true;
  });
  afterAll(async () => {
    isDelivering = false;
    await delivery;
    await at.stop();
  });

  const notificationMs = 5_000;
  /** Status and detail of the checks that did not pass, by name. */
  const failedChecks = async (timeoutMs = notificationMs): Promise<Record<string, string>> => {
    const checks = Object.values(await at.diagnose(timeoutMs));
    const failed = checks.filter(({ status }) => status !== 'ok');
    for (const { name, status, hint } of failed) {
      if (status !== 'unknown') assert.ok(hint, `${name} has a hint`);
    }
    return Object.fromEntries(
      failed.map(({ name, status, detail }: RegistryCheck) => [name, `${status}: ${detail}`]),
    );
  };
  // The fake registry has no TLS, so this warning is always there.
  const http = { tls: 'warning: plain http: tokens and images can be read on the way' };

  it('reports checks as unknown when there was no time for them', async () => {
    isReporting = false;
    const checks = await at.diagnose(notificationMs, 'main', 2_000);
    const statuses = ['catalog', 'notifications', 'events', 'drift'].map((name) => checks[name]!.status);
    assert.deepEqual(statuses, ['ok', 'unknown', 'unknown', 'unknown']);
    assert.match(checks.drift!.detail, /no time/);
  });

  it('passes all checks of a healthy registry', async () => {
    assert.deepEqual(await failedChecks(), http);
    assert.deepEqual(Object.keys(await at.diagnose(notificationMs)), [
      'reachable',
      'tls',
      'challenge',
      'clock',
      'token',
      'foreign-token',
      'catalog',
      'delete',
      'blobs',
      'notifications',
      'events',
      'addresses',
      'drift',
    ]);
  });

  it('finds a registry that does not listen', async () => {
    const gone = await FakeRegistry.start();
    const { url } = gone;
    await gone.stop();
    await at.addRegistry('gone', url);
    const { reachable, ...rest } = await at.diagnose(notificationMs, 'gone');
    assert.equal(reachable?.status, 'failed');
    assert.match(reachable?.detail ?? '', /ECONNREFUSED|refused/i);
    assert.deepEqual(rest, {});
  });

  it('finds a wrong realm and a wrong service', async () => {
    at.fake.challenge = 'realm="http://old.example.org/token",service="registry"';
    assert.deepEqual(await failedChecks(), {
      ...http,
      challenge:
        'failed: realm is http://old.example.org/token instead of http://localhost:8080/token, ' +
        'service is registry instead of main',
    });
  });

  it('finds a registry that requires no token', async () => {
    at.fake.challenge = undefined;
    assert.match((await failedChecks()).challenge ?? '', /^failed: it requires no token/);
  });

  it('warns of a clock that differs, and fails at one that differs too much', async () => {
    at.fake.clockAheadSeconds = 20;
    assert.match((await failedChecks()).clock ?? '', /^warning: (19|20|21) s ahead/);
    at.fake.clockAheadSeconds = -90;
    assert.match((await failedChecks()).clock ?? '', /^failed: (89|90|91) s behind/);
  });

  it('finds a registry that rejects the index’s token', async () => {
    await at.sql.query(`update registry set service = 'misnamed' where name = 'main'`);
    try {
      const found = await failedChecks();
      assert.match(found.token ?? '', /^failed: it responds 401/);
      assert.match(found.catalog ?? '', /^unknown/);
    } finally {
      await at.sql.query(`update registry set service = 'main' where name = 'main'`);
    }
  });

  it('finds a registry that accepts tokens for others', async () => {
    at.fake.acceptsAnyAudience = true;
    assert.deepEqual(await failedChecks(), {
      ...http,
      'foreign-token': 'failed: it responds 200 to a token for another service',
    });
  });

  it('finds a registry without a catalog, and one that does not allow deletion', async () => {
    at.fake.allowsDeletes = false;
    assert.match((await failedChecks()).delete ?? '', /^warning/);
    at.fake.fault = (path) => (path === '/v2/_catalog' ? 500 : undefined);
    const found = await failedChecks();
    assert.match(found.catalog ?? '', /^failed/);
    assert.match(found.drift ?? '', /^failed/);
  });

  it('finds a registry that sends no notifications', async () => {
    isReporting = false;
    assert.match((await failedChecks(300)).notifications ?? '', /^failed: none arrived/);
  });

  it('finds drift and parked events, and changes nothing', async () => {
    at.fake.fill('alice/app', imageOf('more'), ['v2']);
    await at.deliver([{ nonsense: true }]);
    await at.apply();
    const before = await at.contents('alice/app');
    const found = await failedChecks();
    assert.match(found.drift ?? '', /^warning: 1 tags are missing in the index/);
    assert.match(found.events ?? '', /^warning: .* 1 are parked/);
    assert.deepEqual(await at.contents('alice/app'), before);
    await at.reconcile();
  });

  it('warns of forwarded addresses while the registry is not known to be behind a proxy, and of none while it is', async () => {
    const pull = (addr: string): object => ({
      id: randomUUID(),
      action: 'pull',
      target: {
        repository: 'alice/app',
        digest: imageOf('app').digest,
        tag: 'v1',
        url: '/alice/app/manifests/v1',
      },
      request: { addr, method: 'GET' },
    });
    const addresses = async (): Promise<string | undefined> => (await failedChecks()).addresses;
    const setBehindProxy = (is: boolean): Promise<unknown> =>
      at.sql.query(`update registry set behind_proxy = $1 where name = 'main'`, [is]);
    await at.deliver([pull('192.0.2.1:40000')]);
    assert.equal(await addresses(), undefined);
    await setBehindProxy(true);
    try {
      assert.match((await addresses()) ?? '', /^warning: 0 of the last \d+ were forwarded/);
      await at.deliver([pull('192.0.2.1')]);
      assert.equal(await addresses(), undefined);
      await setBehindProxy(false);
      assert.match((await addresses()) ?? '', /^warning: 1 of the last \d+ .* count as one$/);
    } finally {
      await setBehindProxy(false);
    }
  });

  it('finds a registry that was started on an empty disk', async () => {
    at.fake.wipe();
    assert.match((await failedChecks()).drift ?? '', /^failed: the registry has none/);
  });
});
