import type { SearchQuery } from '../query/query';
import type { SearchDocument } from '../engine/search-document';
import { indexTokens, descriptionTokensOf } from '../query/tokenizer';

/**
 * Whether a document answers a query: the rule that every engine's retrieval comes to, told of one document. For
 * documents that are had already, such as those that an engine has not confirmed yet.
 */
export function matches(query: SearchQuery, document: SearchDocument): boolean {
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
  const had = wordsIn(document);
  return words.every((word) => had.has(word));
}

// The same documents are asked again by every search that comes before they are confirmed.
const known = new WeakMap<SearchDocument, ReadonlySet<string>>();

function wordsIn(document: SearchDocument): ReadonlySet<string> {
  const kept = known.get(document);
  if (kept !== undefined) return kept;
  const ofNamespace = document.official ? [] : indexTokens(document.namespace);
  const words = new Set([...ofNamespace, ...indexTokens(document.name), ...descriptionTokensOf(document)]);
  known.set(document, words);
  return words;
}
