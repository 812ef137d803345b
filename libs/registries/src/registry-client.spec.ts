import assert from 'node:assert/strict';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { DomainError } from '@central-index/platform/errors';
import { FakeRegistry } from '../../../test/support/fake-registry';
import { imageOf } from '../../../test/support/images';
import { registryClientContract } from '../../../test/contracts/registry-client.contract';
import type { Registry } from './registry';
import { RegistryClient } from './registry-client';
import { RegistryTokenSource } from './registry-token-source';

for (const generation of ['2.8', '3.x', 'zot'] as const) {
  registryClientContract(`a fake registry ${generation}`, generation, () =>
    FakeRegistry.start({ generation }),
  );
}

class OneToken extends RegistryTokenSource {
  token(): Promise<string> {
    return Promise.resolve('the-token');
  }

  v1Authorization(): Promise<string> {
    return Promise.resolve('Token the-token');
  }
}

describe('the registry client', () => {
  let server: Server;
  let respond: RequestListener;
  let registry: Registry;
  const requests: string[] = [];
  const client = new RegistryClient(new OneToken());
  const image = imageOf('x');
  beforeAll(async () => {
    server = createServer((request, response) => {
      requests.push(`${request.url} ${request.headers.authorization}`);
      respond(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    registry = {
      id: '1',
      name: 'main',
      url,
      host: 'x',
      hookUrl: null,
      service: 'main',
      kind: 'distribution2',
      tokenTtl: null,
      tokenAlgorithm: 'ES256',
      createdAt: new Date(),
    };
  });
  afterAll(() => new Promise<void>((resolve) => void server.close(() => resolve())));

  const failure = async (request: () => Promise<unknown>): Promise<string> => {
    try {
      await request();
      return 'none';
    } catch (error) {
      assert.ok(error instanceof DomainError, String(error));
      assert.doesNotMatch(`${error.message} ${String(error.privateDetail)}`, /the-token/);
      return error.code;
    }
  };
  const served = (
    status: number,
    headers: Record<string, string>,
    body: string | Buffer,
  ): RequestListener => {
    return (_request, response) => response.writeHead(status, headers).end(body);
  };
  const type = image.mediaType;
  const digest = { 'docker-content-digest': image.digest };

  const responses: [string, RequestListener, string][] = [
    ['a valid response', served(200, { 'content-type': type, ...digest }, image.body), 'none'],
    ['a valid response without the digest header', served(200, { 'content-type': type }, image.body), 'none'],
    [
      'bytes that do not match the digest',
      served(200, { 'content-type': type, ...digest }, '{}'),
      'REGISTRY_INVALID_RESPONSE',
    ],
    [
      'an invalid digest',
      served(200, { 'docker-content-digest': 'md5:x' }, '{}'),
      'REGISTRY_INVALID_RESPONSE',
    ],
    ['the page of a proxy', served(200, { 'content-type': 'text/html' }, '<html>'), 'REGISTRY_ERROR'],
    [
      '5 MB',
      served(200, { 'content-type': type }, Buffer.alloc(5_000_000, 'x')),
      'REGISTRY_INVALID_RESPONSE',
    ],
    ['a 404 of a proxy', served(404, {}, '<html>'), 'REGISTRY_ERROR'],
    ['a 404 of a registry', served(404, {}, '{"errors":[{"code":"MANIFEST_UNKNOWN"}]}'), 'none'],
    [
      '401',
      served(401, { 'www-authenticate': 'Bearer realm="http://127.0.0.1:1/"' }, '{}'),
      'REGISTRY_UNAUTHORIZED',
    ],
    ['403', served(403, {}, '{}'), 'REGISTRY_UNAUTHORIZED'],
    ['500', served(500, {}, 'boom'), 'REGISTRY_ERROR'],
    ['a redirect', served(307, { location: 'http://127.0.0.1:1/' }, ''), 'REGISTRY_ERROR'],
    ['a closed connection', (_request, response) => response.destroy(), 'REGISTRY_UNREACHABLE'],
    [
      'half a response',
      (_request, response) => {
        response.writeHead(200, { 'content-type': type, 'content-length': '1000' }).write('{');
        setImmediate(() => response.destroy());
      },
      'REGISTRY_UNREACHABLE',
    ],
  ];
  for (const [what, listener, code] of responses) {
    it(`reads ${what} with the error ${code}`, async () => {
      respond = listener;
      assert.equal(await failure(() => client.manifest(registry, 'a/b', 'v1')), code);
    });
  }

  it('rejects a manifest with another digest than requested', async () => {
    respond = served(200, { 'content-type': type, ...digest }, image.body);
    const other = `sha256:${'0'.repeat(64)}`;
    assert.equal(await failure(() => client.manifest(registry, 'a/b', other)), 'REGISTRY_INVALID_RESPONSE');
  });

  it('reports a registry that does not listen as unreachable', async () => {
    const gone = { ...registry, url: 'http://127.0.0.1:1' };
    assert.equal(await failure(() => client.manifest(gone, 'a/b', 'v1')), 'REGISTRY_UNREACHABLE');
  });

  it('follows no link to another host, and sends it no token', async () => {
    requests.length = 0;
    respond = served(
      200,
      { link: '<http://127.0.0.1:1/v2/_catalog?last=x>; rel="next"' },
      '{"repositories":["a/b"]}',
    );
    const all = async (): Promise<void> => {
      for await (const page of client.catalog(registry)) assert.deepEqual(page, ['a/b']);
    };
    assert.equal(await failure(all), 'REGISTRY_INVALID_RESPONSE');
    assert.deepEqual(requests, ['/v2/_catalog Bearer the-token']);
  });

  it('ends a catalog whose next page is the same page', async () => {
    respond = served(200, { link: '</v2/_catalog>; rel="next"' }, '{"repositories":["a/b"]}');
    const pages: string[][] = [];
    for await (const page of client.catalog(registry)) pages.push(page);
    assert.deepEqual(pages, [['a/b']]);
  });

  it('rejects lists that are not lists of names', async () => {
    for (const body of ['{', '{"tags":[1]}', '{"tags":"v1"}']) {
      respond = served(200, {}, body);
      assert.equal(await failure(() => client.tags(registry, 'a/b')), 'REGISTRY_INVALID_RESPONSE', body);
    }
    respond = served(200, {}, '{"name":"a/b","tags":null}');
    assert.deepEqual(await client.tags(registry, 'a/b'), []);
  });
});
