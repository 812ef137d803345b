import type { SearchDocument } from './search-document';
import type { SearchQuery } from './query';
import { weights } from './weights';
import { wordsOf } from './words';

/** How a document's text answers a query: by its best field. */
export type TextClass =
  'namespaceEqual' | 'nameEqual' | 'nameBegins' | 'wordInNamespace' | 'wordInName' | 'description';

/** The weight of a document for a query: text plus popularity. */
export function score(query: SearchQuery, document: SearchDocument): number {
  const byDescription = textClass(query, document) === 'description';
  const official =
    document.official && byDescription ? weights.officialByDescription - weights.officialByName : 0;
  // Whole thousandths, so that sums compare alike here and in the database.
  return Math.round((textWeight(query, document) + official + document.popularity) * 1000) / 1000;
}

/**
 * Puts documents in the order in which they are shown: the exact name that was asked for first, the rest by score,
 * equal ones by age. Answers the same whatever order and company they come in, so that pages fit together.
 */
export function rank(query: SearchQuery, documents: readonly SearchDocument[]): SearchDocument[] {
  const scored = documents.map((document) => {
    const pin = query.paths.indexOf(`${document.namespace}/${document.name}`);
    return { document, pin: pin < 0 ? query.paths.length : pin, score: score(query, document) };
  });
  scored.sort((a, b) => a.pin - b.pin || b.score - a.score || compareIds(a.document.id, b.document.id));
  return scored.map(({ document }) => document);
}

/** Orders ids as numbers: they outgrow what a double holds exactly. */
export function compareIds(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}

// `ns/name` asks two fields at once, so both count; everything else is answered by its best field.
function textWeight(query: SearchQuery, document: SearchDocument): number {
  const own = weights[textClass(query, document)];
  const inNamespace = query.name !== undefined && query.namespace === document.namespace;
  return inNamespace ? own + weights.namespaceEqual : own;
}

/** The class of the best-matching field. Which fields exist: `library` is no word of an official repository. */
export function textClass(query: SearchQuery, document: SearchDocument): TextClass {
  const { name, namespace } = query;
  if (name === undefined && namespace === document.namespace) return 'namespaceEqual';
  if (namespace === undefined && name === document.namespace && !document.official) return 'namespaceEqual';
  if (name === document.name) return 'nameEqual';
  if (name !== undefined && document.name.startsWith(name)) return 'nameBegins';

  const ofNamespace = new Set(document.official ? [] : wordsOf(document.namespace));
  if (query.words.every((word) => ofNamespace.has(word))) return 'wordInNamespace';
  const ofName = new Set(wordsOf(document.name));
  const inName = query.words.every((word) => ofName.has(word) || ofNamespace.has(word));
  return inName ? 'wordInName' : 'description';
}
