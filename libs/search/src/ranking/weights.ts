/**
 * The weights of popularity and of corrections; those of text classes are in `text-classes.ts`. All of them were fitted
 * to recorded rankings of Docker Hub: change one only when the development judgments improve (bench/search). Documents
 * store their popularity, so an index that was built with other weights needs `search check` or `search rebuild`.
 */
export const weights = {
  /** For each letter that differs, when the text is read as a misspelling. */
  edit: -3,

  /** For each e-fold of stars: people give them deliberately, so they count for far more than pulls. */
  stars: 1.44,
  /** For each e-fold of unique pulls beyond the first few: machines pull, and a build farm is no vote. */
  uniquePulls: 0.7,
  /**
   * Up to this number, unique pulls say little: proxies, scanners and the owner's own builds cause them. With this
   * figure and `uniquePulls` the nDCG@10 of recorded sets is .72 instead of .71; any number from 100 to 10,000 gives the
   * same.
   */
  fewUniquePulls: 1000,
  /** An official repository that is found by its name. */
  officialByName: 5,
  /**
   * An official repository that is found by its description only: java finds tomcat. Fits range from 4 to 7.7. Of these,
   * 4 gives an nDCG@10 of .648 on the development judgments, 6 to 7.7 give .667.
   */
  officialByDescription: 6,
  /**
   * A repository with a description: a bare name says nothing to a reader. Counted once, however long the text is; worth
   * seven stars to a repository that has none. It raises the nDCG@10 of recorded orders from .69 to .71, also on terms
   * that were held out.
   */
  described: 3,
} as const;

/**
 * The part of a score that does not depend on the query, in steps of 0.02: a single pull does not move a popular
 * repository in the lists, and engines can order by whole numbers.
 */
export function popularity(repository: {
  stars: number;
  /** Pulls, at most one per address and hour, halved every 90 days. */
  uniquePulls: number;
  official: boolean;
  description: string;
}): number {
  const sum =
    weights.stars * Math.log1p(repository.stars) +
    weights.uniquePulls * Math.log1p(repository.uniquePulls / weights.fewUniquePulls) +
    (repository.official ? weights.officialByName : 0) +
    descriptionWeight(repository.description);
  return Math.round(sum * 50) / 50;
}

/**
 * Popularity without what the owner wrote. It decides whether a name is well known, so an owner must not be able to
 * raise it.
 */
export function prominence({ popularity, description }: { popularity: number; description: string }): number {
  return popularity - descriptionWeight(description);
}

function descriptionWeight(description: string): number {
  return description.trim() === '' ? 0 : weights.described;
}
