/** A unique pull: all pulls of one repository from one address in one hour (UTC). */
export interface UniquePull {
  readonly repositoryId: string;
  /** Empty if the registry does not report it: all such pulls in an hour are one unique pull. */
  readonly address: string;
  readonly at: Date;
}

const hourMs = 3_600_000;

/**
 * Days in which a unique pull loses half of its weight. Longer than a season, so that images used once per quarter keep
 * their rank; short enough that a burst has 6 % of its weight a year later.
 */
export const halfLifeDays = 90;

/** The day on which a unique pull has the weight 1, ISO 8601. */
export const weightOrigin = '2026-01-01T00:00:00Z';

const originMs = Date.parse(weightOrigin);

/** The hour of a moment, in hours since 1970. */
export function hourOf(at: Date): number {
  return Math.floor(at.getTime() / hourMs);
}

/**
 * What a unique pull of an hour adds to `repository.unique_pulls`. Later pulls add more, instead of earlier ones losing
 * weight, so that no row has to be rewritten as time passes.
 */
export function weightOf(hour: number): number {
  return 2 ** ((hour * hourMs - originMs) / (halfLifeDays * 24 * hourMs));
}
