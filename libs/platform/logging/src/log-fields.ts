import { describeError, isError } from './error-description';

const maxDepth = 3;

/**
 * The arguments of a log call with every error replaced by its description: the error itself, one under any key of the
 * fields, and one that the message interpolates.
 */
export function withDescribedErrors(args: readonly unknown[]): unknown[] {
  const [first, ...rest] = args;
  const others = rest.map((value) => (isError(value) ? describeError(value) : value));
  if (isError(first)) return [{ err: describeError(first) }, ...(others.length > 0 ? others : ['error'])];
  return [describeErrors(first, 0), ...others];
}

// Copies only what contains an error: most lines contain none.
function describeErrors(value: unknown, depth: number): unknown {
  if (isError(value)) return describeError(value);
  if (typeof value !== 'object' || value === null || depth > maxDepth) return value;
  if (Array.isArray(value)) {
    return value.some((item) => describeErrors(item, depth + 1) !== item)
      ? value.map((item) => describeErrors(item, depth + 1))
      : value;
  }
  let copy: Record<string, unknown> | undefined;
  for (const [key, field] of Object.entries(value)) {
    const described = describeErrors(field, depth + 1);
    if (described !== field) (copy ??= { ...value })[key] = described;
  }
  return copy ?? value;
}
