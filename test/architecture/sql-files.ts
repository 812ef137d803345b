/** Files that assemble statements from parts, and why those parts cannot stand in a `*.queries.ts` file. */
export const statementBuilders: Readonly<Record<string, string>> = {
  // They write the parts of `selectCandidates`; its samples cover every shape.
  'libs/search/src/postgres/retrieval/candidates-sql.ts':
    'which parts a search has depends on its query, filters, order and viewer',
  'libs/search/src/postgres/retrieval/conjunction.ts':
    'one part for each word of the query; its weights derive from the table of text classes',
  'libs/search/src/postgres/retrieval/document-lists.ts':
    'one list for each criterion of the table of text classes, under the filters of the search',
  'libs/search/src/postgres/retrieval/filters.ts': 'one condition for each filter of the search',
  'libs/search/src/postgres/retrieval/lists.ts':
    'the lists of words have one row for each field of the table of text classes',
  'libs/search/src/postgres/retrieval/postings.ts': 'the part that lists and filters are composed from',
};

/** Files whose SQL has not been moved into `*.queries.ts` files yet. Lines are only ever removed. */
export const unconverted: readonly string[] = [
  'libs/repositories/src/repository/catalog.service.ts',
  'libs/repositories/src/import/import.service.ts',
  'libs/repositories/src/official-repositories.service.ts',
  'libs/repositories/src/placement/placement-queries.ts',
  'libs/repositories/src/placement/placement-rules.service.ts',
  'libs/repositories/src/placement/placements.service.ts',
  'libs/repositories/src/pulls/pull-counter.ts',
  'libs/repositories/src/pulls/pulls.service.ts',
  'libs/repositories/src/repository/repositories.service.ts',
  'libs/repositories/src/repository/repository-queries.ts',
  'libs/repositories/src/repository/stars.service.ts',
  'libs/repositories/src/images/tags.service.ts',
  'libs/repositories/src/pulls/unique-pulls.ts',
  'libs/tokens/src/signing-keys.service.ts',
];
