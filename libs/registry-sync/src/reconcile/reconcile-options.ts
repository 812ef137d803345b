/** How a registry is reconciled. */
export interface ReconcileOptions {
  /** Read the digest of every tag, not only where a push was granted since the last complete reconcile. */
  readonly full?: boolean;
  /** Only count what would be done, change nothing. */
  readonly dryRun?: boolean;
  /** How many repositories may lose tags, from an administrator who knows why; by default `deletionLimit`. */
  readonly limit?: number;
  /** Ends the reconcile early, without deletions, once it is aborted. */
  readonly signal?: AbortSignal;
}
