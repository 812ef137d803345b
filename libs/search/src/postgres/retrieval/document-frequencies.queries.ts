import { preparedSql, withSamples } from '@central-index/platform/database';

// Longer lists are not counted to their end.
const maxCountedDocuments = 20_000;

/** The document frequency of one word. */
export interface DocumentFrequencyRow {
  /** The index of the word among the parameters, from 0. */
  readonly number: number;
  readonly documents: number;
}

const frequencySql = (index: number): string =>
  `select ${index} as number, (select count(*) from (
      select from search_posting where term = any($${index + 1}::bigint[]) limit ${maxCountedDocuments}) as sample)::int as documents`;

/** One row for each word. $1, $2, …: the terms of a word in every field. */
export const selectDocumentFrequencies = withSamples(
  (words: number) =>
    preparedSql<DocumentFrequencyRow>(
      Array.from({ length: words }, (_, index) => frequencySql(index)).join(' union all '),
    ),
  [1],
  [2],
  [10],
);
