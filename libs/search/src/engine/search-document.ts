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
  readonly description: string;
  readonly stars: number;
  readonly pulls: number;
  /** The part of the score that does not depend on the query. */
  readonly popularity: number;
  readonly updatedAt: Date;
  /** The version of the row that the document was built from: an older document never replaces a newer one. */
  readonly version: number;
}
