import type { ImageKind } from '@central-index/repositories';

/** What search knows about one repository: what an engine stores, and what a hit shows. */
export interface SearchDocument {
  /** The id of the repository. */
  readonly id: string;
  /** `library` for official repositories. */
  readonly namespace: string;
  readonly name: string;
  readonly official: boolean;
  readonly automated: boolean;
  /** Found only by viewers who may see the private repositories of the namespace. */
  readonly private: boolean;
  /** Kinds of what can be pulled; empty when unknown. */
  readonly kinds: readonly ImageKind[];
  /** What its versions run on, as `linux/arm64`; empty when unknown. */
  readonly platforms: readonly string[];
  readonly description: string;
  /** Words of what the newest image says of itself; found below everything that the owner wrote. */
  readonly imageText: string;
  readonly stars: number;
  readonly pulls: number;
  /** The part of the score that does not depend on the query. */
  readonly popularity: number;
  /** When the contents last changed, as far as known. */
  readonly updatedAt: Date;
  /** The last reported push; null when none is known. */
  readonly pushedAt: Date | null;
  /** The version of the row that the document was built from: an older document never replaces a newer one. */
  readonly version: number;
}
