/**
 * The one table of weights. A document's score is the weight of its text class plus its popularity. The figures were
 * fitted to recorded rankings of Docker Hub; change one only when the development judgments improve (bench/search).
 * Documents store their popularity: an index made with other weights is mended by `search check` or `search rebuild`.
 */
export const weights = {
  /** The asked text is the namespace: people who type a vendor's name want the vendor's images. */
  namespaceExact: 10.75,
  /** The asked text is the repository's own name: nginx finds bitnami/nginx. Worth about 260 stars. */
  nameExact: 8,
  /** The name begins with the asked text: half-typed names, and what is made of or for it (`nginx-proxy`). By 7 in rank key
   * of 5.7 the nDCG@10 of recorded sets is .73 instead of .72, on terms that were held out too; from 7.5 on that of
   * recorded orders falls. */
  namePrefix: 7,
  /** Every asked word is one of the namespace's words. */
  wordInNamespace: 5.2,
  /** Every asked word is a word of the name, or of namespace and name together. */
  wordInName: 4.5,
  /** A word is found in the description only: the zero of the scale. */
  description: 0,
  /** Each letter that differs, where the asked text was taken for a misspelling. */
  edit: -3,

  /** For each e-fold of stars: an act of people, so worth far more than pulls. */
  stars: 1.44,
  /** For each e-fold of unique pulls, which is what pulls count for, beyond the first few: machines pull, and a build farm is
   * no vote. */
  uniquePulls: 0.7,
  /** So many unique pulls say little: mirrors, scanners and the owner's own builds make them. With both figures the nDCG@10 of
   * recorded sets is .72 instead of .71; any number from 100 to 10,000 does as well. */
  fewUniquePulls: 1000,
  /** An official repository that the text finds by its name. */
  officialByName: 5,
  /** An official repository that the text finds by its description only: java finds tomcat. Fits lie at 4 to 7.7. Of
   * these, 4 gives an nDCG@10 of .648 on the development judgments, 6 to 7.7 give .667. */
  officialByDescription: 6,
  /** A repository that somebody described: a bare name tells a reader nothing. Once, however long the text is: worth
   * seven stars to one that has none. By it the nDCG@10 of recorded orders is .71 instead of .69, on terms that were
   * held out as well. */
  described: 3,
} as const;

/**
 * What a repository weighs whatever is asked, in steps of 0.02: a pull more or less does not move a popular repository
 * in the lists, and engines can order by whole numbers.
 */
export function popularity(repository: {
  stars: number;
  /** Pulls, each address once an hour, halved every 90 days. */
  uniquePulls: number;
  official: boolean;
  description: string;
}): number {
  const sum =
    weights.stars * Math.log1p(repository.stars) +
    weights.uniquePulls * Math.log1p(repository.uniquePulls / weights.fewUniquePulls) +
    (repository.official ? weights.officialByName : 0) +
    describing(repository.description);
  return Math.round(sum * 50) / 50;
}

/** Popularity without what the owner wrote: what others made of a repository, where it tells whether its name is known. */
export function prominence({ popularity, description }: { popularity: number; description: string }): number {
  return popularity - describing(description);
}

function describing(description: string): number {
  return description.trim() === '' ? 0 : weights.described;
}
