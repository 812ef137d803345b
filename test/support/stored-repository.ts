import type { Content } from './images';
import type { RegistryEventBody } from './registry-event-bodies';

/** What a stand-in registry stores of one repository: manifests and blobs by digest, and the digests of its tags. */
export interface StoredRepository {
  readonly manifests: Map<string, Content>;
  readonly tags: Map<string, string>;
  readonly blobs: Map<string, Content>;
}

/** Repositories by path. `at` creates one that does not exist. */
export interface StoredRepositories {
  find(path: string): StoredRepository | undefined;
  at(path: string): StoredRepository;
}

/** A request for a manifest, whose token was accepted. */
export interface ManifestCall {
  readonly method: string;
  readonly path: string;
  /** A tag or digest. */
  readonly reference: string;
  readonly mediaType: string;
  readonly body: Buffer;
  /** Subject of the token. */
  readonly actor: string;
  readonly userAgent: string;
  /** Origin of the registry. */
  readonly origin: string;
}

/** How a registry responds to a request for a manifest, and what it reports of it. */
export interface ManifestOutcome {
  readonly status: number;
  /** The error. */
  readonly code?: string;
  /** What the response names by its digest, and sends to GET. */
  readonly manifest?: Content;
  readonly events: readonly RegistryEventBody[];
}

/** True for a tag, false for a digest. */
export const isTagReference = (reference: string): boolean => !reference.includes(':');

/** The tags of a digest. */
export const tagsOf = (repository: StoredRepository, digest: string): string[] =>
  [...repository.tags].filter(([, tagged]) => tagged === digest).map(([tag]) => tag);
