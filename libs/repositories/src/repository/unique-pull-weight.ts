/** A unique pull: the pulls of one repository by one address in one hour (UTC), however many they are. */
export interface UniquePull {
  readonly repositoryId: string;
  /** Empty when the registry tells none: all those are one. */
  readonly address: string;
  readonly at: Date;
}

const hourMs = 3_600_000;

// Longer than a season, so that what is used each quarter stays; short enough that of a burst 6 % is left a year later.
const halfLifeDays = 90;
const originText = '2026-01-01T00:00:00Z';
const origin = Date.parse(originText);

/** The hour that a moment is in, in hours since 1970. */
export function hourOf(at: Date): number {
  return Math.floor(at.getTime() / hourMs);
}

/**
 * What a unique pull of an hour adds to `repository.unique pulls`. Later ones add more instead of earlier ones losing, so that nothing
 * has to be rewritten as time goes by.
 */
export function weightOf(hour: number): number {
  return 2 ** ((hour * hourMs - origin) / (halfLifeDays * 24 * hourMs));
}

/**
 * SQL for what the unique pulls of a `repository` count for now: each one at first, half after 90 days. It changes at midnight
 * (UTC) only, so that a day's unique pulls can but raise it.
 */
export const uniquePullsNow = `(repository.unique_pulls * power(2::float8, extract(epoch from
  timestamptz '${originText}' - date_trunc('day', now(), 'UTC'))::float8 / ${halfLifeDays * 24 * 3600}))`;
