import type { SearchDocument } from '../engine/search-document';
import type { SimilarName } from '../engine/search-engine';
import type { SearchQuery } from '../query/query';
import { nameTokens } from './field-tokens';
import { matchesName } from './query-matcher';
import {
  nameCriteria,
  textClasses,
  wordClasses,
  type NameCriterion,
  type TextClass,
  type WordClass,
  type WordField,
} from './text-classes';
import { weights } from './weights';

/** The parts of a document that its score depends on. */
export type Scored = Pick<SearchDocument, 'id' | 'namespace' | 'name' | 'official' | 'popularity'>;

/** A document with its score for a query, and the parts that add up to it. */
export interface Rating {
  readonly document: SearchDocument;
  readonly textClass: TextClass;
  /** What the text counts for. */
  readonly text: number;
  /** What being official counts for in addition to `popularity`, when found by description. */
  readonly official: number;
  readonly score: number;
  /** The index of the document among the exact names of the query; ratings without it follow all that have it. */
  readonly pin?: number;
  /** The name that the query was corrected to, when this document matches only that. */
  readonly correctedTo?: string;
}

/** The score of a document for a query: text plus popularity. */
export function score(query: SearchQuery, document: Scored): number {
  const best = heaviestClass(query, document);
  return sum(textWeight(query, document, best), officialWeight(document, best), document);
}

/** Scores a document for a query, part by part. */
export function rate(query: SearchQuery, document: SearchDocument): Rating {
  const best = heaviestClass(query, document);
  const text = textWeight(query, document, best);
  const official = officialWeight(document, best);
  const pin = query.paths.indexOf(`${document.namespace}/${document.name}`);
  return {
    document,
    textClass: best.textClass,
    text,
    official,
    score: sum(text, official, document),
    ...(pin < 0 ? {} : { pin }),
  };
}

/**
 * Scores a document for a name that the user may have meant, `query` being the query for that name: as for the name
 * itself, less the weight of each edit.
 */
export function scoreCorrection(
  correction: SimilarName,
  query: SearchQuery,
  document: SearchDocument,
): Rating {
  const { pin: _pin, ...rating } = rate(query, document);
  const text = rating.text + correction.edits * weights.edit;
  return { ...rating, text, score: sum(text, rating.official, document), correctedTo: correction.name };
}

/**
 * Sorts documents as they are shown: exact names first, the others by score, equal scores by id. The order of two
 * documents does not depend on the others, so that pages fit together.
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

/** Compares ids as numbers: they exceed what a double holds exactly. */
export function compareIds(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}

/** The heaviest text class that applies to a document; the class of descriptions if no other does. */
export function textClass(query: SearchQuery, document: Scored): TextClass {
  return heaviestClass(query, document).textClass;
}

function heaviestClass(query: SearchQuery, document: Scored): NameCriterion | WordClass {
  let best: NameCriterion | undefined;
  for (const criterion of nameCriteria(query)) {
    const isHeavier = best === undefined || criterion.weight > best.weight;
    if (isHeavier && matchesName(criterion, query, document)) best = criterion;
  }
  return best ?? heaviestWordClass(query, document);
}

const inNames = wordClasses.slice(0, -1);
// A document was found, so if not by its names then by its description, which therefore need not be read.
const inDescription = wordClasses.at(-1)!;

function heaviestWordClass({ words }: SearchQuery, document: Scored): WordClass {
  // Splitting names takes most of the time of scoring, and few names contain every word even as a part of another.
  const names = document.official ? document.name : `${document.namespace}/${document.name}`;
  if (!words.every((word) => names.includes(word))) return inDescription;
  const tokens: Partial<Record<WordField, ReadonlySet<string>>> = {
    namespace: new Set(nameTokens('namespace', document)),
    name: new Set(nameTokens('name', document)),
  };
  const best = inNames.find(({ fields }) =>
    words.every((word) => fields.some((field) => tokens[field]?.has(word))),
  );
  return best ?? inDescription;
}

// `ns/name` asks for two fields, so both count where both match; any other query is matched by its best field.
function textWeight(query: SearchQuery, document: Scored, best: NameCriterion | WordClass): number {
  const isNamed = best.relation !== 'words' && best.field === 'name';
  return isNamed && query.namespace === document.namespace
    ? best.weight + textClasses.namespaceExact.weight
    : best.weight;
}

function officialWeight({ official }: Scored, best: NameCriterion | WordClass): number {
  return official && best.relation === 'words' ? (best.officialWeight ?? 0) : 0;
}

// Rounded to thousandths, so that sums compare alike here and in the database.
function sum(text: number, official: number, { popularity }: Scored): number {
  return Math.round((text + official + popularity) * 1000) / 1000;
}
