/** SQL for what the lists of words hold and should not, or should and do not: no rows where all is right. */
export const postingsMismatch = `
  with expected as (select unnest(terms) as term, rank_key from search_document where not private)
  (table expected except table search_posting) union all (table search_posting except table expected)`;
