/** A part of an event, of which nothing is known yet. */
export type Fields = Readonly<Record<string, unknown>>;

/** The fields of a part; what is no object has none. */
export const fields = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? (value as Fields) : {};

/** A text that says something. PostgreSQL holds no U+0000 in text, so a string with one is none. */
export const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' && !value.includes('\0') ? value : undefined;

/** A moment, within the years that PostgreSQL and people know. */
export function readTime(timestamp: unknown): Date | undefined {
  const at = new Date(text(timestamp) ?? Number.NaN);
  return at.getTime() >= 0 && at.getUTCFullYear() < 10_000 ? at : undefined;
}
