import { isStorable } from '@central-index/platform/database';

/** A JSON object of an event, of unknown content. */
export type Fields = Readonly<Record<string, unknown>>;

/** The value as an object; an empty one when it is none. */
export const fields = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? (value as Fields) : {};

/** A string that is not empty. One that PostgreSQL cannot store counts as absent. */
export const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' && isStorable(value) ? value : undefined;

/** A time from 1970 to 9999, or undefined for any other value. PostgreSQL and JSON readers know all of these. */
export function readTime(timestamp: unknown): Date | undefined {
  const at = new Date(text(timestamp) ?? Number.NaN);
  return at.getTime() >= 0 && at.getUTCFullYear() < 10_000 ? at : undefined;
}
