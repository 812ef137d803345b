import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { IndexUnderTest } from '../support/index-under-test';

describe('probes and unknown paths', () => {
  let index: IndexUnderTest;
  beforeAll(async () => {
    index = await IndexUnderTest.start();
  });
  afterAll(() => index.stop());

  it('reports the server as alive and ready', async () => {
    assert.equal((await index.anonymous.get('/healthz')).status, 200);
    assert.equal((await index.anonymous.get('/readyz')).status, 200);
  });

  it('returns NOT_FOUND with a request id for an unknown path', async () => {
    const response = await index.anonymous.get('/no/such/page');
    assert.equal(response.status, 404);
    assert.equal(response.json.errors[0].code, 'NOT_FOUND');
    assert.match(response.headers['x-request-id'] ?? '', /^[0-9a-f-]{36}$/);
  });

  it('returns 4xx for paths that cannot be decoded', async () => {
    for (const path of ['/%', '/api/v1/%zz', '/%00', '/..%2f..', '//evil', '/api/v1/repositories/%c0%af/x']) {
      const { status } = await index.anonymous.get(path);
      assert.ok(status >= 400 && status < 500, `${path}: ${status}`);
    }
  });
});
