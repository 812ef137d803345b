import { registryInvalidResponse } from './registries.errors';
import type { Registry } from './registry';
import type { FetchedManifest } from './registry-client';

interface Descriptor {
  readonly digest?: unknown;
  readonly blobSum?: unknown;
}

interface ManifestFields {
  readonly config?: Descriptor;
  readonly layers?: readonly Descriptor[];
  readonly fsLayers?: readonly Descriptor[];
  readonly blobs?: readonly Descriptor[];
  readonly manifests?: readonly Descriptor[];
}

/** Distinct digests that a manifest refers to. */
export interface ManifestParts {
  readonly blobs: readonly string[];
  /** Entries of an image index; empty for other manifests. */
  readonly manifests: readonly string[];
}

/** The blobs and manifests that a manifest refers to. Throws REGISTRY_INVALID_RESPONSE when it is not JSON. */
export function manifestPartsOf(registry: Registry, { body }: FetchedManifest): ManifestParts {
  let fields: ManifestFields;
  try {
    fields = JSON.parse(body.toString('utf8')) as ManifestFields;
  } catch {
    throw registryInvalidResponse(registry.name, 'a manifest that is not JSON');
  }
  const { config, layers = [], fsLayers = [], blobs = [], manifests = [] } = fields;
  return {
    blobs: digestsOf([config, ...layers, ...fsLayers, ...blobs]),
    manifests: digestsOf(manifests),
  };
}

function digestsOf(descriptors: readonly (Descriptor | undefined)[]): string[] {
  const digests = descriptors.map((descriptor) => descriptor?.digest ?? descriptor?.blobSum);
  return [...new Set(digests.filter((digest): digest is string => typeof digest === 'string'))];
}
