import { z } from 'zod';

const defaultSize = 25;
const maxSize = 100;
// Empty long before; keeps the echo a whole number that Go can decode.
const lastPage = 1_000_000;

// Clients treat any status but 200 as a broken host, podman even looks elsewhere: what makes no sense has a default. What
// is absent, as the page mostly is, is no error on the way to it: making one costs as much as all the rest of reading.
const text = (absent: string) =>
  z.preprocess(
    (value: unknown) => (Array.isArray(value) ? (value as unknown[])[0] : value) ?? absent,
    z.string(),
  );
const whole = (absent: number) =>
  text(String(absent))
    .pipe(
      z
        .string()
        .regex(/^[0-9]+$/)
        .transform(Number),
    )
    .pipe(z.number().min(1))
    .catch(absent);

/** What a docker client asks: `q`, `n` rows a page, and the page. Never refused. */
export const v1SearchSchema = z.object({
  q: text('').catch(''),
  n: whole(defaultSize).transform((n) => Math.min(n, maxSize)),
  page: whole(1).transform((page) => Math.min(page, lastPage)),
});
export type V1SearchDto = z.infer<typeof v1SearchSchema>;
