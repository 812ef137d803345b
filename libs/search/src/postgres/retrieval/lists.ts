import { columnsOf, DocumentLists, type List } from './document-lists';
import type { Filters } from './filters';
import { nameCondition, nameConditionOnRow, widest } from './name-conditions';
import { postings } from './postings';
import { alternateTerms, allTerm, termsCovering, termsOfWord } from './statement-params';
import type { Bind } from './statement';
import { thousandths } from '../storage/terms';
import type { SearchQuery } from '../../query/query';
import {
  isByNamespace,
  isByWords,
  nameCriteria,
  textClasses,
  wordCriteria,
  wordFields,
} from '../../ranking/text-classes';

const lightest = textClasses.secondary.weight;

/**
 * The lists whose first rows contain the first rows of the whole ranking: one for each text class, so that a document
 * among the best of all is among the best of its class. Documents that have several words are not among them: see
 * `conjunctionSql`.
 */
export function listsOf(query: SearchQuery, filters?: Filters): List[] {
  const documents = new DocumentLists(filters);
  if (query.text === '') return [allDocuments(lightest, filters)];
  return [
    ...query.paths.map((_, index) => documents.path(index)),
    ...nameCriteria(query).map((criterion) => documents.matching(criterion, query.name)),
    ...(isByNamespace(query) ? [inNamedNamespace(documents, query, textClasses.namedNamespace.weight)] : []),
    ...(hasOneWord(query) ? [wordLists(filters)] : []),
    ...(hasOneWord(query) && query.alternates.length > 0 ? [otherSpellings(lightest, filters)] : []),
  ];
}

/** The same documents for counting: selects `rank_key` from fewer lists, each complete and in any order. */
export function countedLists(query: SearchQuery, filters?: Filters): List[] {
  const documents = new DocumentLists(filters, '');
  if (query.text === '') return [allDocuments(undefined, filters)];
  return [
    ...widest(nameCriteria(query)).map((criterion) => documents.list(undefined, nameCondition(criterion))),
    ...(isByNamespace(query) ? [inNamedNamespace(documents, query, undefined)] : []),
    ...(hasOneWord(query) ? [wordInAnyField(filters)] : []),
    ...(hasOneWord(query) && query.alternates.length > 0 ? [otherSpellings(undefined, filters)] : []),
  ];
}

/** Condition on search_document as `document`: it matches the query. For documents that are read one by one. */
export function matchSql(bind: Bind, query: SearchQuery): string {
  if (query.text === '') return 'true';
  const conditions: string[] = [];
  if (isByWords(query) && query.words.length > 0) conditions.push(`(${everyWord(bind, query)})`);
  conditions.push(...widest(nameCriteria(query)).map((criterion) => nameConditionOnRow(bind, criterion)));
  return conditions.length > 0 ? `(${conditions.join(' or ')})` : 'false';
}

function everyWord(bind: Bind, query: SearchQuery): string {
  return query.words.map((_, index) => `terms && ${bind(termsCovering(index))}::bigint[]`).join(' and ');
}

// One namespace, so its documents are read one by one.
function inNamedNamespace(documents: DocumentLists, query: SearchQuery, weight: number | undefined): List {
  return documents.inNamedNamespace(weight, (bind) => everyWord(bind, query));
}

function allDocuments(weight: number | undefined, filters?: Filters): List {
  const columns = columnsOf(weight);
  return (bind, limit) => postings(bind, `term = ${bind(allTerm)}`, limit, filters, { columns });
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

// Other spellings of a single word, in any field.
function otherSpellings(weight: number | undefined, filters?: Filters): List {
  return (
    bind,
    limit,
  ) => `select ${columnsOf(weight)} from unnest(${bind(alternateTerms)}::bigint[]) as spelling (term)
    cross join lateral (${postings(bind, 'term = spelling.term', limit, filters)}) as listed`;
}
