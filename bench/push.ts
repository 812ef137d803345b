import { createHash, randomBytes } from 'node:crypto';
import type { BlobRegistry } from '../test/acceptance/support/registry';

const digestOf = (bytes: Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/** The answer itself when it has this status; otherwise an error with what it says. */
export async function expect(status: number, answer: Response): Promise<Response> {
  if (answer.status !== status) throw new Error(`${answer.url}: ${answer.status} ${await answer.text()}`);
  return answer;
}

/** Pushes an image of one random layer and answers when the registry has taken the last byte. */
export async function push(registry: BlobRegistry, repository: string, token: string): Promise<void> {
  const authorization = `Bearer ${token}`;
  const send = async (bytes: Buffer): Promise<{ digest: string; size: number }> => {
    const begun = await expect(
      202,
      await fetch(`${registry.url}/v2/${repository}/blobs/uploads/`, {
        method: 'POST',
        headers: { authorization },
      }),
    );
    const place = new URL(begun.headers.get('location')!, registry.url);
    place.searchParams.set('digest', digestOf(bytes));
    await expect(
      201,
      await fetch(place, { method: 'PUT', headers: { authorization }, body: new Uint8Array(bytes) }),
    );
    return { digest: digestOf(bytes), size: bytes.length };
  };
  const layer = await send(randomBytes(2_000));
  const config = await send(
    Buffer.from(
      JSON.stringify({ os: 'linux', architecture: 'amd64', rootfs: { type: 'layers', diff_ids: [] } }),
    ),
  );
  const type = 'application/vnd.oci.image.manifest.v1+json';
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: type,
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...config },
    layers: [{ mediaType: 'application/vnd.oci.image.layer.v1.tar', ...layer }],
  });
  await expect(
    201,
    await fetch(`${registry.url}/v2/${repository}/manifests/v1`, {
      method: 'PUT',
      headers: { authorization, 'content-type': type },
      body: manifest,
    }),
  );
}
