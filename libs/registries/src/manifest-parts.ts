import { isDigest } from '@central-index/naming';
import { registryInvalidResponse } from './registries.errors';
import type { Registry } from './registry';
import type { FetchedManifest } from './registry-client';

interface Descriptor {
  readonly mediaType?: unknown;
  readonly digest?: unknown;
  readonly blobSum?: unknown;
  readonly urls?: unknown;
}

interface ManifestFields {
  readonly config?: Descriptor;
  readonly layers?: readonly Descriptor[] | null;
  readonly fsLayers?: readonly Descriptor[] | null;
  readonly blobs?: readonly Descriptor[] | null;
  readonly manifests?: readonly Descriptor[] | null;
}

/** A blob that a manifest refers to. */
export interface BlobPart {
  readonly digest: string;
  /**
   * True for a layer that clients download from elsewhere, so that a registry need not have it: one of a foreign or
   * non-distributable type, or one with `urls` (OCI image specification, descriptor; docker image manifest V2, schema 2).
   */
  readonly isExternal: boolean;
}

/** Distinct parts that a manifest refers to. */
export interface ManifestParts {
  readonly blobs: readonly BlobPart[];
  /** Digests of the entries of an image index; empty for other manifests. */
  readonly manifests: readonly string[];
}

/** The blobs and manifests that a manifest refers to by digest. Throws REGISTRY_INVALID_RESPONSE when it is not JSON. */
export function manifestPartsOf(registry: Registry, { body }: Pick<FetchedManifest, 'body'>): ManifestParts {
  let fields: ManifestFields;
  try {
    fields = JSON.parse(body.toString('utf8')) as ManifestFields;
  } catch {
    throw registryInvalidResponse(registry.name, 'a manifest that is not JSON');
  }
  const { config, layers, fsLayers, blobs, manifests } = fields;
  const external = new Map<string, boolean>();
  for (const descriptor of [config ?? [], layers ?? [], fsLayers ?? [], blobs ?? []].flat()) {
    // A blob that one descriptor needs is needed.
    for (const digest of digestsOf(descriptor)) {
      external.set(digest, (external.get(digest) ?? true) && isElsewhere(descriptor));
    }
  }
  return {
    blobs: [...external].map(([digest, isExternal]) => ({ digest, isExternal })),
    manifests: [...new Set((manifests ?? []).flatMap(digestsOf))],
  };
}

function isElsewhere({ mediaType, urls }: Descriptor): boolean {
  if (Array.isArray(urls) && urls.length > 0) return true;
  const type = typeof mediaType === 'string' ? mediaType : '';
  return /\.image\.rootfs\.foreign\.|\.image\.layer\.nondistributable\./.test(type);
}

// One, or none where there is nothing that a registry could serve.
function digestsOf({ digest, blobSum }: Descriptor): string[] {
  const text = digest ?? blobSum;
  return typeof text === 'string' && isDigest(text) ? [text] : [];
}
