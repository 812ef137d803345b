/** What a reconcile of a registry came to. */
export interface ReconcileResult {
  readonly registry: string;
  readonly startedAt: Date;
  readonly finishedAt: Date;
  /** Placed on the registry, and read. */
  readonly repositories: number;
  /** Tags that were added or moved. */
  readonly added: number;
  /** Tags that were removed. */
  readonly deleted: number;
  /** Tags that the registry does not list and that were kept: it is the first time, or there is an alarm. */
  readonly missing: number;
  /** Names in the catalog that are no repository placed there; `adopt` takes them in. */
  readonly unclaimed: number;
  /** Why the reconcile did not read everything; then it removed nothing. */
  readonly error: string | null;
  /** Why it removed nothing though something is missing. */
  readonly alarm: string | null;
}

/** A repository of which the registry does not list everything. */
export interface MissingRepositoryTags {
  readonly repositoryId: string;
  /** Tags that an earlier reconcile did not find either. */
  readonly confirmed: readonly string[];
}

/** What a reconcile saw, when it read everything. */
export interface ReconcileCounts {
  /** Repositories of which the index holds tags. */
  readonly filled: number;
  /** Of these, those of which the registry still lists a tag. */
  readonly found: number;
  readonly missingTags: readonly MissingRepositoryTags[];
}

/** How many repositories may lose tags in one reconcile: 5 %, at least 3, never more than 50. */
export function deletionLimit(filled: number): number {
  return Math.min(50, Math.max(3, Math.floor(filled / 20)));
}

/**
 * Why nothing may be removed, or null when the missingTags are few enough to be believed. More of them, or nothing left at
 * all, is rather a wrong disk, a proxy or a lie than a clean-up. An administrator who knows better gives the limit.
 */
export function alarmOf({ filled, found, missingTags }: ReconcileCounts, limit?: number): string | null {
  const allowed = limit ?? deletionLimit(filled);
  if (missingTags.length > allowed) {
    return `${missingTags.length} of ${filled} repositories lack tags, and at most ${allowed} may lose any in one reconcile: nothing was removed`;
  }
  if (missingTags.length > 0 && found === 0 && limit === undefined) {
    return 'nothing is left of what the index knows there: nothing was removed';
  }
  return null;
}
