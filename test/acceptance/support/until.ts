import { eventually } from '../../support/eventually';

/** Calls `read` until it returns a truthy value, and returns that. Throws after `milliseconds`. */
export function until<T>(
  milliseconds: number,
  read: () => Promise<T>,
): Promise<Exclude<T, false | undefined | null>> {
  return eventually(async () => {
    const value = await read();
    if (!value) throw new Error(`the value was still ${String(value)} after ${milliseconds} ms`);
    return value as Exclude<T, false | undefined | null>;
  }, milliseconds);
}
