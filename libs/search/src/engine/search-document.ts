/** What search knows of one repository: what an engine holds, and what a hit shows. */
export interface SearchDocument {
  /** The repository's id. */
  readonly id: string;
  /** `library` for official repositories. */
  readonly namespace: string;
  readonly name: string;
  readonly official: boolean;
  readonly automated: boolean;
  /** Found only by those who are told to see the namespace's private repositories. */
  readonly private: boolean;
  readonly description: string;
  readonly stars: number;
  readonly pulls: number;
  /** The part of the score that does not depend on the query. */
  readonly popularity: number;
  readonly updatedAt: Date;
  /** The version of the row it was made from: an older document never replaces a newer one. */
  readonly version: number;
}
