import { DocumentLists, type List } from './document-lists';
import type { Filters } from './filters';
import { nameCondition, nameConditionOnRow, widest } from './name-conditions';
import { postings } from './postings';
import { termsOfWord } from './statement-params';
import type { Bind } from './statement';
import { thousandths } from '../storage/terms';
import type { SearchQuery } from '../../query/query';
import { isByWords, nameCriteria, wordCriteria, wordFields } from '../../ranking/text-classes';

/**
 * The lists whose first rows contain the first rows of the whole ranking: one for each text class, so that a document
 * among the best of all is among the best of its class. Documents that have several words are not among them: see
 * `conjunctionSql`.
 */
export function listsOf(query: SearchQuery, filters?: Filters): List[] {
  const documents = new DocumentLists(filters);
  return [
    ...query.paths.map((_, index) => documents.path(index)),
    ...nameCriteria(query).map((criterion) => documents.matching(criterion, query.name)),
    ...(hasOneWord(query) ? [wordLists(filters)] : []),
  ];
}

/** The same documents for counting: selects `rank_key` from fewer lists, each complete and in any order. */
export function countedLists(query: SearchQuery, filters?: Filters): List[] {
  const documents = new DocumentLists(filters, '');
  return [
    ...widest(nameCriteria(query)).map((criterion) => documents.list(undefined, nameCondition(criterion))),
    ...(hasOneWord(query) ? [wordInAnyField(filters)] : []),
  ];
}

/** Condition on search_document as `document`: it matches the query. For documents that are read one by one. */
export function matchSql(bind: Bind, query: SearchQuery): string {
  const conditions: string[] = [];
  if (isByWords(query) && query.words.length > 0) {
    const every = query.words.map((_, index) => `terms && ${bind(termsOfWord(index))}::bigint[]`);
    conditions.push(`(${every.join(' and ')})`);
  }
  conditions.push(...widest(nameCriteria(query)).map((criterion) => nameConditionOnRow(bind, criterion)));
  return conditions.length > 0 ? `(${conditions.join(' or ')})` : 'false';
}

function hasOneWord(query: SearchQuery): boolean {
  return isByWords(query) && query.words.length === 1;
}

// A document is listed under one word in one field, which decides its class. As one list, because each part of a statement
// costs time.
function wordLists(filters?: Filters): List {
  return (bind, limit) => {
    const terms = bind(termsOfWord(0));
    const fields = wordFields.map((field, index) => {
      const { weight } = wordCriteria.find((criterion) => criterion.fields.includes(field))!;
      return `((${terms}::bigint[])[${index + 1}], ${thousandths(weight)})`;
    });
    return `select listed.rank_key, weight from (values ${fields.join(', ')}) as field (term, weight)
      cross join lateral (${postings(bind, 'term = field.term', limit, filters)}) as listed`;
  };
}

function wordInAnyField(filters?: Filters): List {
  return (bind, limit) =>
    postings(bind, `term = any(${bind(termsOfWord(0))}::bigint[])`, limit, filters, { order: '' });
}
