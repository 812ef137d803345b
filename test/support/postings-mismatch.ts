/** SQL for the postings that are superfluous or missing. It returns no rows when the index is consistent. */
export const postingsMismatch = `
  with expected as (select unnest(terms) as term, rank_key from search_document where not private)
  (table expected except table search_posting) union all (table search_posting except table expected)`;
