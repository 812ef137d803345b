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
import { RegistryCopier, type CopyEndpoint, type CopyOutcome } from './registry-copier';

describe('copying an image', () => {
  let from: FakeRegistry;
  let to: FakeRegistry;
  let storage: Server;
  let storageUrl: string;
  let requests: IncomingMessage[] = [];
  const tokens = new PlainTokens();
  const copier = new RegistryCopier(tokens, new RegistryClient(tokens));
  const image = imageOf('the layer');
  const stored = new Map(image.blobs.map((blob) => [blob.digest, blob.body]));

  beforeAll(async () => {
    from = await FakeRegistry.start({ service: 'from' });
    to = await FakeRegistry.start({ service: 'to' });
    storage = createServer((request, response) => {
      requests.push(request);
      const url = new URL(request.url!, storageUrl);
      if (url.pathname === '/again') return void response.writeHead(302, { location: '/again' }).end();
      const body = stored.get(url.pathname.slice(1));
      if (body === undefined) return void response.writeHead(403).end('<Error/>');
      response.writeHead(200, { 'content-length': body.length }).end(body);
    });
    await new Promise<void>((resolve) => storage.listen(0, '127.0.0.1', resolve));
    storageUrl = `http://127.0.0.1:${(storage.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    await from.stop();
    await to.stop();
    storage.closeAllConnections();
    await new Promise((resolve) => storage.close(resolve));
  });
  afterEach(() => {
    requests = [];
    from.blobRedirect = undefined;
    to.beforeResponse = () => Promise.resolve();
    to.fault = () => undefined;
  });

  const end = (fake: FakeRegistry, service: string, path: string): CopyEndpoint => {
    const registry = { name: service, url: fake.url, service, kind: 'distribution2' } as Registry;
    return { registry, path };
  };
  const copyAll = (path: string, what: TestImage = image): Promise<CopyOutcome> => {
    from.fill(path, what, ['v1']);
    return copier.copy(end(from, 'from', path), end(to, 'to', path), 'v1');
  };
  /** True when all was copied. */
  const copy = async (path: string, what?: TestImage): Promise<boolean> => {
    const { found, problems } = await copyAll(path, what);
    return found && problems.length === 0;
  };
  const failure = async (path: string): Promise<DomainError> => {
    const error: unknown = await copy(path).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    assert.ok(error instanceof DomainError, String(error));
    return error;
  };

  it('fetches blobs from other storage without sending it the token', async () => {
    from.blobRedirect = (digest) => `${storageUrl}/${digest}?signature=s3cret`;
    assert.equal(await copy('alice/stored'), true);
    assert.deepEqual(to.contents('alice/stored'), from.contents('alice/stored'));
    assert.equal(requests.length, image.blobs.length);
    assert.deepEqual(
      requests.map(({ headers }) => headers.authorization),
      requests.map(() => undefined),
    );
  });

  it('sends the token when the registry redirects to another path of its own', async () => {
    let first = true;
    from.blobRedirect = (digest) => {
      from.blobRedirect = first ? undefined : from.blobRedirect;
      first = false;
      return `/v2/alice/own/blobs/${digest}`;
    };
    assert.equal(await copy('alice/own'), true);
    assert.deepEqual(to.contents('alice/own'), from.contents('alice/own'));
  });

  const invalidRedirects: [string, () => string][] = [
    ['no location', () => ''],
    ['itself', () => `${storageUrl}/again`],
    ['a file', () => 'file:///etc/passwd'],
  ];
  for (const [what, location] of invalidRedirects) {
    it(`fails when blobs are redirected to ${what}`, async () => {
      from.blobRedirect = location;
      const { problems } = await copyAll('alice/nowhere');
      assert.deepEqual(
        problems.map(({ digest }) => digest).sort(),
        image.blobs.map(({ digest }) => digest).sort(),
      );
      for (const { reason } of problems)
        assert.match(reason, /from sent an invalid response: a blob with an invalid/);
      assert.deepEqual(to.contents('alice/nowhere').tags, {});
    });
  }

  it('rejects bytes that do not match the digest, and discloses no signature', async () => {
    from.blobRedirect = () => `${storageUrl}/${image.blobs[0]!.digest}?signature=s3cret`;
    const { problems } = await copyAll('alice/false');
    assert.deepEqual(problems, [
      {
        digest: image.blobs[1]!.digest,
        reason: 'the registry to does not accept it: it rejects it (400 DIGEST_INVALID)',
      },
    ]);
    from.blobRedirect = () => `${storageUrl}/gone?signature=s3cret`;
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
    let active = 0;
    let maxActive = 0;
    let isManifestEarly: boolean | undefined;
    to.beforeResponse = async (path) => {
      if (path.includes('/manifests/')) isManifestEarly = active > 0;
      active += 1;
      maxActive = Math.max(maxActive, active);
      await new Promise((resolve) => setTimeout(resolve, 5));
      active -= 1;
    };
    assert.equal(await copy('alice/many', many), true);
    assert.ok(maxActive > 1 && maxActive <= 4, `${maxActive} at the same time`);
    assert.equal(isManifestEarly, false);
    assert.deepEqual(to.contents('alice/many'), from.contents('alice/many'));
  });

  it('copies the files of an artifact manifest, which has no configuration', async () => {
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
