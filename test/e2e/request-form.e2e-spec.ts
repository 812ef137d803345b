import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import type { Actor } from '../support/client';
import { IndexUnderTest } from '../support/index-under-test';
import { requestBytes, sendBytes, type RawResponse } from '../support/raw-request';
import { createAdministrator } from '../support/users';

const host = 'Host: index.example';

describe('the form of a request', () => {
  let index: IndexUnderTest;
  let alice: Actor;
  let olga: Actor;

  beforeAll(async () => {
    index = await IndexUnderTest.start({
      RATE_LIMITS: 'off',
      PUBLIC_URL: 'https://index.example',
    });
    alice = await index.signUp('alice');
    olga = await createAdministrator(index, 'olga');
    assert.equal((await alice.post('/api/v1/namespaces/alice/repositories', { name: 'app' })).status, 201);
  });
  afterAll(() => index.stop());

  async function send(
    method: string,
    target: string,
    headers: readonly string[] = [host],
  ): Promise<RawResponse> {
    const [response] = await sendBytes(index.url, requestBytes(method, target, headers));
    assert.ok(response !== undefined, `${method} ${target} has a response`);
    return response;
  }

  it('has the fixed parts of its path without percent-encoding, or is refused', async () => {
    const targets = [
      ['POST', '/%74oken'],
      ['GET', '/%74oken?service=central-index'],
      ['GET', '/toke%6E?service=central-index'],
      ['POST', '/%68ooks/registry/main'],
      ['POST', '/hooks/%72egistry/main'],
      ['GET', '/%68ealthz'],
      ['GET', '/%68ealth%7A/'],
      ['GET', '/%72eadyz?x=1'],
      ['GET', '/api/%761/search?q=app'],
      ['GET', '/api/v1/repositories/alice/app/%74ags'],
      ['GET', '/%76%32/'],
      ['GET', '/%761/search?q=app'],
      ['DELETE', '/%74oken'],
      ['OPTIONS', '/%74oken'],
    ] as const;
    for (const [method, target] of targets) {
      const response = await index.anonymous.sendRaw(method, target, {
        json: method === 'POST' ? {} : undefined,
      });
      assert.equal(response.status, 400, `${method} ${target}`);
    }
    // A parameter may be written with percent-encoding.
    assert.equal((await index.anonymous.sendRaw('GET', '/api/v1/repositories/%61lice/a%70p')).status, 200);
  });

  it('has the path of the resource as its target, or is refused', async () => {
    const targets = [
      'http://index.example/token?service=central-index',
      'https://index.example/api/v1/search?q=app',
      'HTTP://index.example/metrics',
      'http://user:secret@index.example/readyz',
      '/token#fragment',
      '/token?service=central-index#fragment',
      '*',
      '/api/v1/repositories/alice/%ZZ',
      '/api/v1/repositories/alice/%C3',
      `/api/v1/repositories/alice/${'a'.repeat(301)}`,
    ];
    for (const target of targets) assert.equal((await send('GET', target)).status, 400, target);
    assert.equal((await send('OPTIONS', '*')).status, 204);
  });

  it('has one host, which is a host, or is refused', async () => {
    const refused = [
      [host, host],
      [host, 'hOST: other.example'],
      ['Host: a b'],
      ['Host: index.example/path'],
      ['Host: user@index.example'],
      ['Host: index.example, other.example'],
      [host, 'Authorization: Basic YTpi', 'Authorization: Basic YTpj'],
      [host, 'Content-Type: text/plain', 'Content-Type: application/json'],
      [],
    ];
    for (const headers of refused) {
      assert.equal((await send('GET', '/healthz', headers)).status, 400, headers.join(' | '));
    }
    for (const name of ['localhost:8080', '[::1]:8080', '127.0.0.1', 'index_1.example', '']) {
      assert.equal((await send('GET', '/healthz', [`Host: ${name}`])).status, 200, name);
    }
  });

  it('has at most 100 header lines and 64 parameters in its query', async () => {
    const lines = (count: number): string[] => [
      host,
      ...Array.from({ length: count - 2 }, (_, at) => `X-${at}: ${at}`),
    ];
    assert.equal((await send('GET', '/healthz', lines(100))).status, 200);
    for (const count of [101, 1_000, 1_500]) {
      assert.equal((await send('GET', '/healthz', lines(count))).status, 431, String(count));
    }
    const query = (count: number): string => Array.from({ length: count }, () => 'scope=').join('&');
    const target = '/token?service=central-index&';
    assert.equal((await send('GET', target + query(63))).status, 200);
    assert.equal((await send('GET', target + query(64))).status, 400);
    assert.equal((await send('GET', `${target}${'&'.repeat(3_000)}`)).status, 400);
  });

  it('is refused with the headers that every response has', async () => {
    for (const target of ['http://x/', '/%74oken', '/%ZZ', '/nosuch']) {
      const { headers } = await send('GET', target);
      assert.equal(headers['strict-transport-security'], 'max-age=31536000', target);
      assert.equal(headers['x-content-type-options'], 'nosniff', target);
      assert.match(headers['x-request-id'] ?? '', /^[\w-]{36}$/, target);
    }
  });

  it('may have a method that the path does not have: 405 with Allow', async () => {
    const cases = [
      ['DELETE', '/token', 'GET, HEAD, POST, OPTIONS'],
      ['PUT', '/api/v1/users', 'POST, OPTIONS'],
      ['POST', '/api/v1/repositories/alice/app', 'GET, HEAD, PATCH, DELETE, OPTIONS'],
      ['GET', '/hooks/registry/main', 'POST, OPTIONS'],
      ['PATCH', '/v1/search', 'GET, HEAD, OPTIONS'],
      ['PROPFIND', '/readyz', 'GET, HEAD, OPTIONS'],
      ['TRACE', '/v2/', 'GET, HEAD, OPTIONS'],
    ] as const;
    for (const [method, path, allow] of cases) {
      const response = await send(method, path);
      assert.equal(response.status, 405, `${method} ${path}`);
      assert.equal(response.headers['allow'], allow, `${method} ${path}`);
      const options = await send('OPTIONS', path);
      assert.equal(options.status, 204, path);
      assert.equal(options.headers['allow'], allow, path);
      assert.equal(options.headers['access-control-allow-origin'], undefined, path);
    }
    assert.match((await send('DELETE', '/token')).body, /^\{"details":/);
    assert.equal((await send('DELETE', '/v1/search')).body, '"method not allowed"');
    assert.equal((await send('OPTIONS', '/nosuch')).status, 404);
    assert.equal((await olga.send('POST', '/api/v1/admin/users', { json: {} })).status, 405);
  });

  it('may ask for no more than the address of the API: it leads to the documentation', async () => {
    for (const path of ['/api', '/api/', '/api/v1', '/api/v1/']) {
      const { status, json, headers } = await index.anonymous.get(path);
      assert.equal(status, 200, path);
      assert.deepEqual(json, {
        documentation: 'https://index.example/api/docs',
        openapi: 'https://index.example/api/openapi.json',
      });
      assert.match(headers['link'] ?? '', /<\/api\/openapi\.json>; rel="service-desc"/);
    }
  });

  it('gets a response that no cache stores, except for what contains nothing of a caller', async () => {
    const paths = [
      '/api/v1/user',
      '/api/v1/user/tokens',
      '/api/v1/user/refresh-tokens',
      '/api/v1/repositories/alice/app',
      '/api/v1/namespaces/alice/repositories',
      '/api/v1/search?q=app',
      '/api/v1/admin/users',
      '/api/v1/admin/audit',
      '/v1/search?q=app',
      '/token?service=central-index',
      '/readyz',
    ];
    for (const path of paths) {
      const { status, headers } = await olga.get(path);
      assert.equal(status, 200, path);
      assert.equal(headers['cache-control'], 'no-store', path);
    }
    const written = await alice.patch('/api/v1/repositories/alice/app', { description: 'text' });
    assert.equal(written.headers['cache-control'], 'no-store');
    const keys = await index.anonymous.get('/.well-known/jwks.json');
    assert.equal(keys.headers['cache-control'], 'public, max-age=300');
  });
});

describe('HSTS', () => {
  it('holds for subdomains if HSTS_SUBDOMAINS is 1', async () => {
    const index = await IndexUnderTest.start({
      PUBLIC_URL: 'https://index.example',
      HSTS_SUBDOMAINS: '1',
    });
    const { headers } = await index.anonymous.get('/healthz');
    assert.equal(headers['strict-transport-security'], 'max-age=31536000; includeSubDomains');
    await index.stop();
  });
});
