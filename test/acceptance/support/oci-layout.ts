import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

/**
 * Writes an OCI image layout into `folder`: one image tagged `tag`, with one layer of `size` random bytes. skopeo and
 * podman read it as `oci:FOLDER:TAG`, crane as a folder. Returns the manifest's digest. Each layer is unique, so that it
 * has to be uploaded.
 */
export function writeOciLayout(folder: string, tag: string, size = 512): string {
  mkdirSync(join(folder, 'blobs/sha256'), { recursive: true });
  const put = (mediaType: string, content: Buffer) => {
    const digest = sha256(content);
    writeFileSync(join(folder, 'blobs', digest.replace(':', '/')), content);
    return { mediaType, digest, size: content.length };
  };
  const json = (value: unknown) => Buffer.from(JSON.stringify(value));

  const tar = tarOf('content', randomBytes(size));
  // Compressed, because skopeo would otherwise compress it during the copy, which changes the digests.
  const layer = put('application/vnd.oci.image.layer.v1.tar+gzip', gzipSync(tar));
  const config = put(
    'application/vnd.oci.image.config.v1+json',
    json({
      architecture: 'amd64',
      os: 'linux',
      config: { Cmd: ['/content'] },
      rootfs: { type: 'layers', diff_ids: [sha256(tar)] },
    }),
  );
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  const manifest = put(mediaType, json({ schemaVersion: 2, mediaType, config, layers: [layer] }));
  const annotations = { 'org.opencontainers.image.ref.name': tag };
  writeFileSync(join(folder, 'oci-layout'), json({ imageLayoutVersion: '1.0.0' }));
  writeFileSync(
    join(folder, 'index.json'),
    json({ schemaVersion: 2, manifests: [{ ...manifest, annotations }] }),
  );
  return manifest.digest;
}

function sha256(content: Buffer): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}

/** A tar archive (ustar) with one file. */
function tarOf(name: string, content: Buffer): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  const fields: [number, string][] = [
    [100, '0000644'],
    [108, '0000000'],
    [116, '0000000'],
    [124, content.length.toString(8).padStart(11, '0')],
    [136, '00000000000'],
    [148, ' '.repeat(8)],
    [156, '0'],
    [257, 'ustar\x0000'],
  ];
  for (const [offset, text] of fields) header.write(text, offset, 'latin1');
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  // The content is padded to whole blocks, and two empty blocks end the archive.
  const padding = Buffer.alloc(((512 - (content.length % 512)) % 512) + 1024);
  return Buffer.concat([header, content, padding]);
}
