import pLimit from 'p-limit';

/**
 * Calls `work` for each item in order, at most `concurrency` calls at the same time. After the first failure no
 * further call starts; the promise rejects with that failure once the calls that had started have ended, so that
 * nothing of them runs on behind the caller's back.
 */
export async function forEachLimited<T>(
  concurrency: number,
  items: Iterable<T>,
  work: (item: T) => Promise<void>,
): Promise<void> {
  let failure: { readonly error: unknown } | undefined;
  await pLimit(concurrency).map(items, async (item) => {
    if (failure !== undefined) return;
    try {
      await work(item);
    } catch (error) {
      failure ??= { error };
    }
  });
  if (failure !== undefined) throw failure.error;
}
