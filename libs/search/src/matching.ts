import type { SearchQuery } from './query';
import type { SearchDocument } from './search-document';
import { wordsOf, wordsOfDescriptionOf } from './words';

/**
 * Whether a document answers a query: the rule that every engine's retrieval comes to, told of one document. For
 * documents that are had already, such as those that an engine has not confirmed yet.
 */
export function answers(query: SearchQuery, document: SearchDocument): boolean {
  const { namespace, name, paths, words } = query;
  if (namespace !== undefined && name === undefined) return document.namespace === namespace;
  if (paths.includes(`${document.namespace}/${document.name}`)) return true;
  if (name !== undefined) {
    const begins = document.name.startsWith(name);
    if (document.name === name) return true;
    if (begins && (namespace === undefined || namespace === document.namespace)) return true;
    if (namespace === undefined && !document.official && document.namespace === name) return true;
  }
  return words.length > 0 && holds(document, words);
}

function holds(document: SearchDocument, words: readonly string[]): boolean {
  const own = new Set(wordsOf(document.name));
  if (!document.official) for (const word of wordsOf(document.namespace)) own.add(word);
  if (words.every((word) => own.has(word))) return true;
  for (const word of wordsOfDescriptionOf(document)) own.add(word);
  return words.every((word) => own.has(word));
}
