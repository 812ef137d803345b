import type { SearchDocument } from '../engine/search-document';
import type { SearchQuery } from '../query/query';
import { fieldTokens } from './field-tokens';
import { isByWords, nameCriteria, wordFields, type NameCriterion } from './text-classes';

/**
 * Whether a document matches a query: the rule that every engine's retrieval implements, for one document in memory,
 * such as one that an engine has not confirmed yet. The empty query asks for all documents.
 */
export function matches(query: SearchQuery, document: SearchDocument): boolean {
  if (query.text === '') return true;
  if (query.paths.includes(`${document.namespace}/${document.name}`)) return true;
  for (const criterion of nameCriteria(query)) {
    if (matchesName(criterion, query, document)) return true;
  }
  return isByWords(query) && query.words.length > 0 && hasWords(document, query);
}

/** Whether the namespace or name of a document matches a query by one criterion. Runs for every document of a search. */
export function matchesName(
  criterion: NameCriterion,
  query: SearchQuery,
  document: Pick<SearchDocument, 'namespace' | 'name' | 'official'>,
): boolean {
  // Properties by their names: to read them by variables takes twice the time.
  const value = criterion.field === 'name' ? document.name : document.namespace;
  const operand = criterion.operand === 'name' ? query.name! : query.namespace!;
  if (criterion.relation === 'exact' ? value !== operand : !value.startsWith(operand)) return false;
  if (criterion.scope === 'namedNamespace') return document.namespace === query.namespace;
  return criterion.scope === 'everywhere' || !document.official;
}

function hasWords(document: SearchDocument, query: SearchQuery): boolean {
  const documentWords = wordsOf(document);
  return coversWords(query, (word) => documentWords.has(word), true);
}

/** Whether every word of the query, or an alternate that stands for it, is one that `has` accepts. */
export function coversWords(
  { words, alternates }: SearchQuery,
  has: (word: string) => boolean,
  withOtherSpellings: boolean,
): boolean {
  return words.every(
    (word) =>
      has(word) ||
      alternates.some(
        (one) => (withOtherSpellings || !one.isOtherSpelling) && one.covers.includes(word) && has(one.word),
      ),
  );
}

// Until a document is confirmed, every search matches it.
const wordsByDocument = new WeakMap<SearchDocument, ReadonlySet<string>>();

function wordsOf(document: SearchDocument): ReadonlySet<string> {
  const cached = wordsByDocument.get(document);
  if (cached !== undefined) return cached;
  const words = new Set(wordFields.flatMap((field) => fieldTokens(field, document)));
  wordsByDocument.set(document, words);
  return words;
}
