import { z } from 'zod';

// Parameters of a query arrive as text. These schemas are those of the values, so that the OpenAPI document has their
// types and bounds.

const integerText = /^-?[0-9]{1,15}$/;

/** A whole number in a query, within bounds. */
export function wholeNumber(min: number, max: number): z.ZodType<number> {
  const error = ({ input }: { readonly input?: unknown }): string | undefined =>
    Array.isArray(input) ? undefined : `must be a whole number from ${min} to ${max}`;
  return z.preprocess(
    (text) => (typeof text === 'string' && integerText.test(text) ? Number(text) : text),
    z.int({ error }).min(min, { error }).max(max, { error }),
  );
}

/** `true` or `false` in a query. */
export const flag: z.ZodType<boolean> = z.preprocess(
  (text) => (text === 'true' ? true : text === 'false' ? false : text),
  z.boolean(),
);

/** The id of something in a path or a query: a decimal number. */
export const idText = z.string().regex(/^[1-9]\d{0,17}$/, 'must be an id, a whole number');
