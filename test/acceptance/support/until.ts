import { eventually } from '../../support/eventually';

/** `eventually`, for a question: asks again until the answer is truthy, and gives it. */
export function until<T>(
  milliseconds: number,
  ask: () => Promise<T>,
): Promise<Exclude<T, false | undefined | null>> {
  return eventually(async () => {
    const answer = await ask();
    if (!answer) throw new Error(`the answer was still ${String(answer)} after ${milliseconds} ms`);
    return answer as Exclude<T, false | undefined | null>;
  }, milliseconds);
}
