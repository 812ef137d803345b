interface Waiting<T> {
  readonly item: T;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Does at once what many ask for at the same time: while one batch is worked on, the next one gathers. Who adds waits
 * until his item is done. A batch that fails is tried item by item, so that one that cannot be done fails alone.
 */
export class BatchQueue<T> {
  private queued: Waiting<T>[] = [];
  private draining = false;

  constructor(
    private readonly work: (items: readonly T[]) => Promise<void>,
    private readonly limit: number,
  ) {}

  /** Adds an item; what it answers ends with the work on it. */
  add(item: T): Promise<void> {
    return new Promise((resolve, reject) => {
      this.queued.push({ item, resolve, reject });
      if (!this.draining) void this.drain();
    });
  }

  private async drain(): Promise<void> {
    this.draining = true;
    while (this.queued.length > 0) {
      const batch = this.queued.splice(0, this.limit);
      try {
        await this.work(batch.map(({ item }) => item));
        for (const { resolve } of batch) resolve();
      } catch (error) {
        if (batch.length === 1) batch[0]!.reject(error);
        else await this.oneByOne(batch);
      }
    }
    this.draining = false;
  }

  private async oneByOne(batch: readonly Waiting<T>[]): Promise<void> {
    for (const { item, resolve, reject } of batch) await this.work([item]).then(resolve, reject);
  }
}
