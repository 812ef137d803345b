import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { imageOf } from '../../../../test/support/images';
import { RegistryFixture } from '../../../../test/support/registry-fixture';

describe('the doctor of a zot registry', () => {
  let at: RegistryFixture;
  let isDelivering = true;
  let isReporting = true;
  let delivery: Promise<void>;
  beforeAll(async () => {
    at = await RegistryFixture.start('zot');
    // Delivers the registry's notifications while `isReporting` is set.
    delivery = (async () => {
      while (isDelivering) {
        const events = at.fake.drainEvents();
        if (events.length > 0 && isReporting) await at.deliver(events);
        await new Promise((next) => setImmediate(next));
      }
    })();
  });
  afterAll(async () => {
    isDelivering = false;
    await delivery;
    await at.stop();
  });

  const problems = async (timeoutMs = 5_000): Promise<Record<string, string>> =>
    Object.fromEntries(
      Object.values(await at.diagnose(timeoutMs))
        .filter(({ status }) => status !== 'ok')
        .map(({ name, status, detail }) => [name, `${status}: ${detail}`]),
    );
  // The fake registry has no TLS, and no zot verifies the audience.
  const always = {
    tls: 'warning: plain http: tokens and images can be read on the way',
    'foreign-token': 'warning: it responds 200 to a token for another service',
  };

  it('finds an empty one healthy, and leaves nothing there that is listed', async () => {
    assert.deepEqual(await problems(), {
      ...always,
      blobs: 'unknown: there is no image yet whose blobs could be requested',
    });
    assert.deepEqual(at.fake.contents('central-index/doctor'), { tags: {}, digests: [] });
    await at.apply();
    assert.deepEqual(Object.keys(await at.eventCounts()), ['applied']);
    assert.equal((await at.reconcile()).unclaimed, 0);
    assert.deepEqual(await at.adopt('*/*'), { adopted: [], skipped: [] });
  });

  it('finds one with images healthy', async () => {
    await at.place('alice/app');
    at.fake.fill('alice/app', imageOf('app'), ['v1']);
    await at.reconcile();
    assert.deepEqual(await problems(), always);
    assert.deepEqual(await problems(), always, 'and again');
  });

  it('finds that no notification arrives', async () => {
    isReporting = false;
    assert.match((await problems(300)).notifications ?? '', /^failed: none arrived within 0.3 s of a write/);
    isReporting = true;
  });

  it('warns of blobs that are given to anyone, and fails where private repositories are', async () => {
    at.fake.sharesBlobs = true;
    assert.match((await problems()).blobs ?? '', /^warning: are given in any repository/);
    await at.sql.query(`update repository set visibility = 'private' where path = 'alice/app'`);
    assert.match((await problems()).blobs ?? '', /^failed: .*private ones included/);
    at.fake.sharesBlobs = false;
    assert.deepEqual(await problems(), always, 'the check itself leaves no blob');
  });
});
