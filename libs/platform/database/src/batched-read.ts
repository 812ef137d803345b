/** Most keys that one statement reads. */
const maxKeys = 500;

// What waits behind a statement that failed this late would end later than any client waits.
const lateMs = 1_000;

interface Waiting<Key, Value> {
  readonly key: Key;
  readonly resolve: (value: Value) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Joins the reads of concurrent requests: while one statement runs, the keys that are asked for meanwhile wait, and the next
 * one reads them all. Under load a statement serves many requests, and each of them still reads rows as they are after it
 * asked: nothing is cached.
 */
export class BatchedRead<Key, Value> {
  private waiting: Waiting<Key, Value>[] = [];
  private isRunning = false;

  /** `read` returns the values of the keys, in their order. */
  constructor(private readonly read: (keys: readonly Key[]) => Promise<readonly Value[]>) {}

  /** The value of a key, by a statement that starts after this call. Fails as that statement does. */
  get(key: Key): Promise<Value> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ key, resolve, reject });
      if (this.isRunning) return;
      this.isRunning = true;
      // Requests whose bytes arrived together ask before it runs.
      setImmediate(() => void this.run());
    });
  }

  private async run(): Promise<void> {
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0, maxKeys);
      const start = performance.now();
      try {
        const values = await this.read(batch.map(({ key }) => key));
        for (const [n, { resolve }] of batch.entries()) resolve(values[n]!);
      } catch (error) {
        if (performance.now() - start > lateMs) batch.push(...this.waiting.splice(0));
        for (const { reject } of batch) reject(error);
      }
    }
    this.isRunning = false;
  }
}
