/** The result of reconciling a registry. */
export interface ReconcileResult {
  readonly registry: string;
  readonly startedAt: Date;
  readonly finishedAt: Date;
  /** How many repositories that are placed on the registry were read. */
  readonly repositories: number;
  /** Tags that were added or moved. */
  readonly added: number;
  /** Tags that were deleted. */
  readonly deleted: number;
  /** Tags that the registry does not list and that were kept: they are missing for the first time, or there is an alarm. */
  readonly missing: number;
  /** Names in the catalog that `registry adopt` adopts. */
  readonly unclaimed: number;
  /** Why the registry was not read completely, in which case nothing was deleted; null otherwise. */
  readonly error: string | null;
  /** Why nothing was deleted although tags are missing; null otherwise. */
  readonly alarm: string | null;
  /** In how many repositories tags are missing; undefined for a stored result. */
  readonly repositoriesMissingTags?: number;
}

/** The result of a reconcile as the REST API and `--json` show it: times in ISO 8601, all else as in `ReconcileResult`. */
export type ReconcileJson = Readonly<
  Record<'started_at' | 'finished_at', string> &
    Omit<ReconcileResult, 'startedAt' | 'finishedAt' | 'repositoriesMissingTags'>
>;

/** Converts the result of a reconcile to the format of the REST API. */
export function toReconcileJson(result: ReconcileResult): ReconcileJson {
  const { registry, repositories, added, deleted, missing, unclaimed, error, alarm } = result;
  return {
    registry,
    started_at: result.startedAt.toISOString(),
    finished_at: result.finishedAt.toISOString(),
    repositories,
    added,
    deleted,
    missing,
    unclaimed,
    error,
    alarm,
  };
}

/** A repository of which the registry does not list every tag. */
export interface MissingRepositoryTags {
  readonly repositoryId: string;
  /** Missing tags that an earlier reconcile missed too. */
  readonly confirmed: readonly string[];
}

/** Counts of a registry that was read completely. */
export interface ReconcileCounts {
  /** Repositories of which the index has tags. */
  readonly filled: number;
  /** How many of them still have a tag at the registry. */
  readonly found: number;
  readonly missingTags: readonly MissingRepositoryTags[];
}

/** How many repositories may lose tags in one reconcile: 5 %, at least 3, at most 50. */
export function deletionLimit(filled: number): number {
  return Math.min(50, Math.max(3, Math.floor(filled / 20)));
}

/**
 * Why nothing may be deleted, or null when few enough repositories have missing tags. More of them, or no remaining tag at
 * all, indicate a wrong disk, a proxy or a fault rather than a clean-up. An administrator who knows better sets `limit`.
 */
export function alarmOf({ filled, found, missingTags }: ReconcileCounts, limit?: number): string | null {
  const allowed = limit ?? deletionLimit(filled);
  if (missingTags.length > allowed) {
    return (
      `tags are missing in ${missingTags.length} of ${filled} repositories, and at most ${allowed} may lose tags in one ` +
      'reconcile: nothing was deleted'
    );
  }
  if (missingTags.length > 0 && found === 0 && limit === undefined) {
    return 'the registry has none of the tags that the index knows: nothing was deleted';
  }
  return null;
}
