// Meilisearch takes about as long to index one document as to index a thousand, and occupies one processor meanwhile.
// After each batch it is left idle for this many times as long as the batch took, within the maximum.
const idleFactorAfterIndexing = 4;
const maxIdleMs = 10_000;

// A comparison finds what should never occur, so it takes a twentieth of the time. It takes more only as far as that is
// needed to compare the whole replica within this time.
const idleFactorAfterComparing = 19;
const fullComparisonMs = 240_000;

/**
 * Decides when documents are sent to Meilisearch and when they are compared: often enough that few documents have to be
 * searched in PostgreSQL, and seldom enough that searches keep most of the processor time.
 */
export class ReplicaThrottle {
  private indexAt = 0;
  private compareAt = 0;

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** True once Meilisearch was idle long enough after the last batch. */
  get mayIndex(): boolean {
    return this.now() >= this.indexAt;
  }

  /** True once the next slice may be compared. */
  get mayCompare(): boolean {
    return this.now() >= this.compareAt;
  }

  /** Records that Meilisearch was indexing for this time, in milliseconds. */
  recordIndexing(durationMs: number): void {
    this.indexAt = this.now() + Math.min(durationMs * idleFactorAfterIndexing, maxIdleMs);
  }

  /** Records that a part of the replica (1: all of it) was compared in this time, in milliseconds. */
  recordComparison(part: number, durationMs: number): void {
    this.compareAt =
      this.now() + Math.min(durationMs * idleFactorAfterComparing, part * fullComparisonMs - durationMs);
  }
}
