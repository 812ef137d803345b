import { createHash, randomBytes } from 'node:crypto';
import type { BlobRegistry } from '../test/acceptance/support/registry';

const digestOf = (bytes: Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/** Returns a response that has this status; throws an error with the body of any other. */
export async function expectStatus(status: number, response: Response): Promise<Response> {
  if (response.status !== status) {
    throw new Error(`${response.url}: ${response.status} ${await response.text()}`);
  }
  return response;
}

/** Pushes an image with one random layer. Resolves when the registry has accepted the manifest, the last byte of it. */
export async function push(registry: BlobRegistry, repository: string, token: string): Promise<void> {
  const authorization = `Bearer ${token}`;
  const send = async (bytes: Buffer): Promise<{ digest: string; size: number }> => {
    const upload = await expectStatus(
      202,
      await fetch(`${registry.url}/v2/${repository}/blobs/uploads/`, {
        method: 'POST',
        headers: { authorization },
      }),
    );
    const location = new URL(upload.headers.get('location')!, registry.url);
    location.searchParams.set('digest', digestOf(bytes));
    await expectStatus(
      201,
      await fetch(location, { method: 'PUT', headers: { authorization }, body: new Uint8Array(bytes) }),
    );
    return { digest: digestOf(bytes), size: bytes.length };
  };
  const layer = await send(randomBytes(2_000));
  const config = await send(
    Buffer.from(
      JSON.stringify({ os: 'linux', architecture: 'amd64', rootfs: { type: 'layers', diff_ids: [] } }),
    ),
  );
  const manifestType = 'application/vnd.oci.image.manifest.v1+json';
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: manifestType,
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...config },
    layers: [{ mediaType: 'application/vnd.oci.image.layer.v1.tar', ...layer }],
  });
  await expectStatus(
    201,
    await fetch(`${registry.url}/v2/${repository}/manifests/v1`, {
      method: 'PUT',
      headers: { authorization, 'content-type': manifestType },
      body: manifest,
    }),
  );
}
