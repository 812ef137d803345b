import { Injectable } from '@nestjs/common';
import { Database } from '@central-index/platform/database';
import { readDescriptors, RegistryClient, type Descriptor, type Registry } from '@central-index/registries';
import type { ImageKind } from '@central-index/repositories';
import { artifactKindOf } from './artifact-kind';
import { isUnreadable } from './image-reader';
import { readManifest } from './manifest';
import { selectTaggedReferrers } from './referrers.queries';

/** A manifest that says something about another one: a signature, an SBOM, an attestation or another artifact. */
export interface Referrer {
  readonly digest: string;
  readonly mediaType: string;
  readonly artifactType: string | null;
  readonly kind: ImageKind;
  /** Its tag, if cosign or a person gave it one. */
  readonly tag: string | null;
}

/** A manifest whose referrers are read. */
export interface ReferrersSubject {
  readonly repositoryId: string;
  /** Path at the registry. */
  readonly path: string;
  readonly digest: string;
}

// A chain of referrers that ends nowhere is hostile.
const maxReferrers = 1_000;
const manifestType = 'application/vnd.oci.image.manifest.v1+json';

/**
 * Reads what refers to a manifest: from the registry's referrers API or, where there is none, from the index under its
 * referrers tag, and from tags as cosign makes them. Signatures are attached without a tag or an event that names their
 * subject, so the registry is asked each time.
 */
@Injectable()
export class ReferrersReader {
  constructor(
    private readonly database: Database,
    private readonly client: RegistryClient,
  ) {}

  /** The referrers of a manifest, and for an index the attestations among its entries. Throws REGISTRY_…. */
  async read(registry: Registry, subject: ReferrersSubject): Promise<Referrer[]> {
    const attached = await this.attached(registry, subject);
    return distinct([...attached, ...(await this.attestations(registry, subject))]);
  }

  /** The referrers of a manifest, theirs, and so on: an SBOM may be signed, too. Throws REGISTRY_…. */
  async readAll(registry: Registry, subject: ReferrersSubject): Promise<Referrer[]> {
    const found = await this.attached(registry, subject);
    for (let index = 0; index < found.length && found.length < maxReferrers; index += 1) {
      const known = new Set(found.map(({ digest }) => digest));
      const next = await this.attached(registry, { ...subject, digest: found[index]!.digest });
      found.push(...next.filter(({ digest }) => !known.has(digest)));
    }
    return found;
  }

  private async attached(
    registry: Registry,
    { repositoryId, path, digest }: ReferrersSubject,
  ): Promise<Referrer[]> {
    const listed =
      (await this.client.referrers(registry, path, digest)) ?? (await this.fallback(registry, path, digest));
    const tagged = await this.database.query(selectTaggedReferrers, [repositoryId, digest]);
    return distinct([...tagged, ...listed.map(fromDescriptor)]);
  }

  private async fallback(registry: Registry, path: string, digest: string): Promise<Descriptor[]> {
    const fetched = await this.client.manifest(registry, path, referrersTagOf(digest));
    return fetched === undefined ? [] : readDescriptors(registry, fetched.body);
  }

  // BuildKit lists attestations beside the images that they are about.
  private async attestations(registry: Registry, { path, digest }: ReferrersSubject): Promise<Referrer[]> {
    try {
      const fetched = await this.client.manifest(registry, path, digest);
      const manifest = fetched && readManifest(fetched.body);
      if (manifest?.format !== 'index') return [];
      return manifest.entries
        .filter(({ attestation }) => attestation)
        .map((entry) => {
          const artifactType = 'application/vnd.in-toto+json';
          return {
            digest: entry.digest,
            mediaType: manifestType,
            artifactType,
            kind: 'attestation',
            tag: null,
          };
        });
    } catch (error) {
      if (isUnreadable(error)) return [];
      throw error;
    }
  }
}

/** The tag of the index of referrers, for registries without a referrers API. */
export const referrersTagOf = (digest: string): string => digest.replace(':', '-');

// What is known by its tag comes first, and keeps it.
function distinct(referrers: readonly Referrer[]): Referrer[] {
  const byDigest = new Map<string, Referrer>();
  for (const referrer of referrers) {
    if (!byDigest.has(referrer.digest)) byDigest.set(referrer.digest, referrer);
  }
  return [...byDigest.values()];
}

function fromDescriptor({ digest, mediaType, artifactType, annotations }: Descriptor): Referrer {
  const kind = artifactType === undefined ? 'artifact' : artifactKindOf(artifactType, annotations);
  return { digest, mediaType, artifactType: artifactType ?? null, kind, tag: null };
}
