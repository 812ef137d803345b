// Meilisearch takes about as long to index one document as to index a thousand, and one of its machine's processors
// with it. So it is left in peace for so many times as long as that took, but never longer than this, in milliseconds.
const idleFactorAfterIndexing = 4;
const maxIdleMs = 10_000;

// Comparing is for what should never happen: it takes a twentieth of the time, and more only where the whole copy would
// not be compared in so many milliseconds.
const idleFactorAfterComparing = 19;
const wholeComparison = 240_000;

/**
 * When Meilisearch is given documents, and when they are compared: often enough that little is found through PostgreSQL
 * instead, seldom enough that searches keep most of the processors.
 */
export class ReplicaThrottle {
  private indexAt = 0;
  private compareAt = 0;

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Whether it has rested since the documents that it was given last. */
  get mayIndex(): boolean {
    return this.now() >= this.indexAt;
  }

  get mayCompare(): boolean {
    return this.now() >= this.compareAt;
  }

  /** It has indexed for so many milliseconds. */
  indexed(milliseconds: number): void {
    this.indexAt = this.now() + Math.min(milliseconds * idleFactorAfterIndexing, maxIdleMs);
  }

  /** A part of the copy, 1 being all of it, was compared in so many milliseconds. */
  compared(part: number, milliseconds: number): void {
    this.compareAt =
      this.now() + Math.min(milliseconds * idleFactorAfterComparing, part * wholeComparison - milliseconds);
  }
}
