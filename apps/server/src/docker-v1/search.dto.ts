import { z } from 'zod';

const defaultSize = 25;
const maxSize = 100;
// No search has this many pages. The bound keeps the page number of the response an integer that Go can decode.
const maxPage = 1_000_000;

// Invalid values become defaults: clients treat any status but 200 as a broken host, and podman then searches elsewhere.
// An absent value gets its default before validation, because creating a validation error costs as much as all the rest.
const text = (fallback: string) =>
  z.preprocess(
    (value: unknown) => (Array.isArray(value) ? (value as unknown[])[0] : value) ?? fallback,
    z.string(),
  );
const wholeNumber = (fallback: number) =>
  text(String(fallback))
    .pipe(
      z
        .string()
        .regex(/^[0-9]+$/)
        .transform(Number),
    )
    .pipe(z.number().min(1))
    .catch(fallback);

/** The query of `/v1/search`: `q`, `n` results per page (100 at most), and the page from 1. Never refused. */
export const v1SearchSchema = z.object({
  q: text('').catch(''),
  n: wholeNumber(defaultSize).transform((n) => Math.min(n, maxSize)),
  page: wholeNumber(1).transform((page) => Math.min(page, maxPage)),
});
/** A validated query of `/v1/search`. */
export type V1SearchDto = z.infer<typeof v1SearchSchema>;
