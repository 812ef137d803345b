import { DomainError } from '@central-index/platform/errors';
import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, it } from '@jest/globals';
import { FakeRegistry } from '../../../test/support/fake-registry';
import { content, imageOf, type TestImage } from '../../../test/support/images';
import { PlainTokens } from '../../../test/support/plain-tokens';
import type { Registry } from './registry';
import { RegistryClient } from './registry-client';
import { RegistryCopier, type CopyEndpoint } from './registry-copier';

describe('copying an image', () => {
  let from: FakeRegistry;
  let to: FakeRegistry;
  let storage: Server;
  let elsewhere: string;
  let seen: IncomingMessage[] = [];
  const tokens = new PlainTokens();
  const copier = new RegistryCopier(tokens, new RegistryClient(tokens));
  const image = imageOf('the layer');
  const stored = new Map(image.blobs.map((blob) => [blob.digest, blob.body]));

  beforeAll(async () => {
    from = await FakeRegistry.start({ service: 'from' });
    to = await FakeRegistry.start({ service: 'to' });
    storage = createServer((request, response) => {
      seen.push(request);
      const url = new URL(request.url!, elsewhere);
      if (url.pathname === '/again') return void response.writeHead(302, { location: '/again' }).end();
      const body = stored.get(url.pathname.slice(1));
      if (body === undefined) return void response.writeHead(403).end('<Error/>');
      response.writeHead(200, { 'content-length': body.length }).end(body);
    });
    await new Promise<void>((resolve) => storage.listen(0, '127.0.0.1', resolve));
    elsewhere = `http://127.0.0.1:${(storage.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    await from.stop();
    await to.stop();
    storage.closeAllConnections();
    await new Promise((resolve) => storage.close(resolve));
  });
  afterEach(() => {
    seen = [];
    from.blobRedirect = undefined;
    to.beforeResponse = () => Promise.resolve();
    to.fault = () => undefined;
  });

  const end = (fake: FakeRegistry, service: string, path: string): CopyEndpoint => {
    const registry = { name: service, url: fake.url, service, kind: 'distribution2' } as Registry;
    return { registry, path };
  };
  const copy = (path: string, what: TestImage = image): Promise<boolean> => {
    from.fill(path, what, ['v1']);
    return copier.copy(end(from, 'from', path), end(to, 'to', path), 'v1');
  };
  const failure = async (path: string): Promise<DomainError> => {
    const error: unknown = await copy(path).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    assert.ok(error instanceof DomainError, String(error));
    return error;
  };

  it('whose blobs lie in other storage asks there, and does not tell it the token', async () => {
    from.blobRedirect = (digest) => `${elsewhere}/${digest}?signature=s3cret`;
    assert.equal(await copy('alice/stored'), true);
    assert.deepEqual(to.contents('alice/stored'), from.contents('alice/stored'));
    assert.equal(seen.length, image.blobs.length);
    assert.deepEqual(
      seen.map(({ headers }) => headers.authorization),
      seen.map(() => undefined),
    );
  });

  it('that is sent from another path of the registry itself shows its token there', async () => {
    let first = true;
    from.blobRedirect = (digest) => {
      from.blobRedirect = first ? undefined : from.blobRedirect;
      first = false;
      return `/v2/alice/own/blobs/${digest}`;
    };
    assert.equal(await copy('alice/own'), true);
    assert.deepEqual(to.contents('alice/own'), from.contents('alice/own'));
  });

  const nowhere: [string, () => string][] = [
    ['no address', () => ''],
    ['a circle', () => `${elsewhere}/again`],
    ['a file', () => 'file:///etc/passwd'],
  ];
  for (const [what, location] of nowhere) {
    it(`fails where blobs are sent to ${what}`, async () => {
      from.blobRedirect = location;
      assert.equal((await failure('alice/nowhere')).code, 'REGISTRY_INVALID_RESPONSE');
      assert.deepEqual(to.contents('alice/nowhere').tags, {});
    });
  }

  it('takes no other bytes than the digest promises, and tells no signature', async () => {
    from.blobRedirect = () => `${elsewhere}/${image.blobs[0]!.digest}?signature=s3cret`;
    assert.equal((await failure('alice/false')).code, 'REGISTRY_ERROR');
    from.blobRedirect = () => `${elsewhere}/gone?signature=s3cret`;
    const error = await failure('alice/gone');
    assert.equal(error.code, 'REGISTRY_ERROR');
    assert.doesNotMatch(`${error.message} ${String(error.privateDetail)}`, /s3cret/);
  });

  it('sends several blobs at the same time, and the manifest after all of them', async () => {
    const layers = Array.from({ length: 12 }, (_, n) => content('application/octet-stream', `layer ${n}`));
    const config = content('application/vnd.oci.image.config.v1+json', '{}');
    const descriptor = ({ mediaType, digest, body }: typeof config): object => {
      return { mediaType, digest, size: body.length };
    };
    const type = 'application/vnd.oci.image.manifest.v1+json';
    const manifest = { schemaVersion: 2, config: descriptor(config), layers: layers.map(descriptor) };
    const many = {
      ...content(type, JSON.stringify(manifest)),
      blobs: [config, ...layers],
      children: [],
    };
    let under = 0;
    let most = 0;
    let missing: boolean | undefined;
    to.beforeResponse = async (path) => {
      if (path.includes('/manifests/')) missing = under > 0;
      under += 1;
      most = Math.max(most, under);
      await new Promise((resolve) => setTimeout(resolve, 5));
      under -= 1;
    };
    assert.equal(await copy('alice/many', many), true);
    assert.ok(most > 1 && most <= 4, `${most} at the same time`);
    assert.equal(missing, false);
    assert.deepEqual(to.contents('alice/many'), from.contents('alice/many'));
  });

  it('of files without a configuration copies the files', async () => {
    const file = content('text/spdx', 'parts');
    const { digest, mediaType, body } = file;
    const type = 'application/vnd.oci.artifact.manifest.v1+json';
    const manifest = {
      mediaType: type,
      artifactType: 'text/spdx',
      blobs: [{ digest, mediaType, size: body.length }],
    };
    const artifact = { ...content(type, JSON.stringify(manifest)), blobs: [file], children: [] };
    assert.equal(await copy('alice/files', artifact), true);
    const there = await new RegistryClient(tokens).blob(end(to, 'to', 'x').registry, 'alice/files', digest);
    assert.deepEqual(there, body);
  });
});
