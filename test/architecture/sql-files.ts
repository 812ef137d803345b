/** Files that assemble statements from parts, and why those parts cannot stand in a `*.queries.ts` file. */
export const statementBuilders: Readonly<Record<string, string>> = {
  // They write the parts of `selectCandidates`; its samples cover every shape.
  'libs/search/src/postgres/retrieval/candidates-sql.ts':
    'which parts a search has depends on its query, filters, order and viewer',
  'libs/search/src/postgres/retrieval/conjunction.ts':
    'one part for each word of the query; its weights derive from the table of text classes',
  'libs/search/src/postgres/retrieval/document-lists.ts':
    'one list for each criterion of the table of text classes, under the filters of the search',
  'libs/search/src/postgres/retrieval/filter-counts.ts': 'the part that counts what a search has found',
  'libs/search/src/postgres/retrieval/filters.ts': 'one condition for each filter of the search',
  'libs/search/src/postgres/retrieval/lists.ts':
    'the lists of words have one row for each field of the table of text classes',
  'libs/search/src/postgres/retrieval/postings.ts': 'the part that lists and filters are composed from',
};

/** Files whose SQL has not been moved into `*.queries.ts` files yet. Lines are only ever removed. */
export const unconverted: readonly string[] = [];
