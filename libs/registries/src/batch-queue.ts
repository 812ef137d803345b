interface QueuedItem<T> {
  readonly item: T;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Processes items that arrive at the same time in one batch: while a batch is being processed, the next one collects.
 * The items of a batch that fails are processed one by one, so that one bad item fails alone.
 */
export class BatchQueue<T> {
  private queued: QueuedItem<T>[] = [];
  private isDraining = false;

  constructor(
    private readonly processBatch: (items: readonly T[]) => Promise<void>,
    private readonly batchSize: number,
  ) {}

  /** Adds an item. The promise settles when the item has been processed. */
  add(item: T): Promise<void> {
    return new Promise((resolve, reject) => {
      this.queued.push({ item, resolve, reject });
      if (!this.isDraining) void this.drain();
    });
  }

  private async drain(): Promise<void> {
    this.isDraining = true;
    while (this.queued.length > 0) {
      const batch = this.queued.splice(0, this.batchSize);
      try {
        await this.processBatch(batch.map(({ item }) => item));
        for (const { resolve } of batch) resolve();
      } catch (error) {
        if (batch.length === 1) batch[0]!.reject(error);
        else await this.processOneByOne(batch);
      }
    }
    this.isDraining = false;
  }

  private async processOneByOne(batch: readonly QueuedItem<T>[]): Promise<void> {
    for (const { item, resolve, reject } of batch) await this.processBatch([item]).then(resolve, reject);
  }
}
