import type { SearchDocument } from '../engine/search-document';
import type { SearchQuery } from '../query/query';
import type { SimilarName } from '../engine/search-engine';
import { weights } from './weights';
import { indexTokens } from '../query/tokenizer';

/** How a document's text answers a query: by its best field. */
export type TextClass =
  'namespaceExact' | 'nameExact' | 'namePrefix' | 'wordInNamespace' | 'wordInName' | 'description';

/** What of a document its score is made of. */
export type Scored = Pick<SearchDocument, 'id' | 'namespace' | 'name' | 'official' | 'popularity'>;

/** A document with its rank key in a ranking, and what makes it. */
export interface Rating {
  readonly document: SearchDocument;
  readonly textClass: TextClass;
  /** What the text counts for. */
  readonly text: number;
  /** What being official counts for besides `popularity`, when found by description. */
  readonly official: number;
  readonly score: number;
  /** How early the document is the exact name that was asked for; ratings without it come after all that have it. */
  readonly pin?: number;
  /** The name that the query was taken to mean, when this document answers only that. */
  readonly correctedTo?: string;
}

/** The weight of a document for a query: text plus popularity. */
export function score(query: SearchQuery, document: Scored): number {
  const best = textClass(query, document);
  return summed(textWeight(query, document, best), officialWeight(document, best), document);
}

/** Weighs a document for a query, part by part. */
export function rate(query: SearchQuery, document: SearchDocument): Rating {
  const best = textClass(query, document);
  const text = textWeight(query, document, best);
  const official = officialWeight(document, best);
  const pin = query.paths.indexOf(`${document.namespace}/${document.name}`);
  return {
    document,
    textClass: best,
    text,
    official,
    score: summed(text, official, document),
    ...(pin < 0 ? {} : { pin }),
  };
}

/**
 * Weighs a document for a name that somebody may have meant, `query` being that name: as for the name itself, less what
 * each wrong letter costs.
 */
export function scoreCorrection(
  correction: SimilarName,
  query: SearchQuery,
  document: SearchDocument,
): Rating {
  const { pin: _pin, ...rating } = rate(query, document);
  const text = rating.text + correction.edits * weights.edit;
  return { ...rating, text, score: summed(text, rating.official, document), correctedTo: correction.name };
}

/**
 * Puts documents in the order in which they are shown: the exact name that was asked for first, the rest by score,
 * equal ones by age. Answers the same whatever order and company they come in, so that pages fit together.
 */
export function rank(query: SearchQuery, documents: readonly SearchDocument[]): SearchDocument[] {
  return ordered(documents.map((document) => rate(query, document))).map(({ document }) => document);
}

/** Ratings in the order in which they are shown. */
export function ordered(ratings: readonly Rating[]): Rating[] {
  const pin = (rating: Rating): number => rating.pin ?? Number.MAX_SAFE_INTEGER;
  return [...ratings].sort(
    (a, b) => pin(a) - pin(b) || b.score - a.score || compareIds(a.document.id, b.document.id),
  );
}

// Whole thousandths, so that sums compare alike here and in the database.
function summed(text: number, official: number, { popularity }: Scored): number {
  return Math.round((text + official + popularity) * 1000) / 1000;
}

function officialWeight({ official }: Scored, best: TextClass): number {
  return official && best === 'description' ? weights.officialByDescription - weights.officialByName : 0;
}

/** Orders ids as numbers: they outgrow what a double holds exactly. */
export function compareIds(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}

// `ns/name` asks two fields at once, so both count where both answer; everything else is answered by its best field.
function textWeight(query: SearchQuery, document: Scored, best: TextClass): number {
  const own = weights[best];
  const isNamed = best === 'nameExact' || best === 'namePrefix';
  return isNamed && query.namespace === document.namespace ? own + weights.namespaceExact : own;
}

/** The class of the best-matching field. Which fields exist: `library` is no word of an official repository. */
export function textClass(query: SearchQuery, document: Scored): TextClass {
  const { name, namespace } = query;
  if (name === undefined && namespace === document.namespace) return 'namespaceExact';
  if (namespace === undefined && name === document.namespace && !document.official) return 'namespaceExact';
  if (name === document.name) return 'nameExact';
  // Elsewhere than in the namespace that was named only the whole name is meant.
  const mayBegin = namespace === undefined || namespace === document.namespace;
  if (name !== undefined && mayBegin && document.name.startsWith(name)) return 'namePrefix';

  // Splitting names takes most of the time that scoring takes, and few hold every word even as a piece of another.
  const spelt = document.official ? document.name : `${document.namespace}/${document.name}`;
  if (!query.words.every((word) => spelt.includes(word))) return 'description';
  const ofNamespace = new Set(document.official ? [] : indexTokens(document.namespace));
  if (query.words.every((word) => ofNamespace.has(word))) return 'wordInNamespace';
  const ofName = new Set(indexTokens(document.name));
  const inName = query.words.every((word) => ofName.has(word) || ofNamespace.has(word));
  return inName ? 'wordInName' : 'description';
}
