import type { SearchDocument } from '../engine/search-document';
import type { SimilarName } from '../engine/search-engine';
import type { SearchQuery } from '../query/query';
import { descriptionWords, nameTokens } from './field-tokens';
import { coversWords, matchesName } from './query-matcher';
import {
  isByNamespace,
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
export type Scored = Pick<
  SearchDocument,
  'id' | 'namespace' | 'name' | 'official' | 'description' | 'popularity'
>;

/** The same parts, with words of the field `secondary` in place of the description. */
export type ScoredHit = Omit<Scored, 'description'> & { readonly secondaryWords: readonly string[] };

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

type Names = Omit<Scored, 'description'>;

/** The score of a document for a query: text plus popularity. */
export function score(query: SearchQuery, document: Scored): number {
  return scoreOf(query, document, heaviestClass(query, document));
}

/** The least and the greatest score that a document without its description may have. Nearly always they are equal. */
export function scoreBounds(query: SearchQuery, hit: ScoredHit): { least: number; greatest: number } {
  const inNames = heaviestClassOfNames(query, hit);
  if (inNames !== undefined) {
    const exact = scoreOf(query, hit, inNames);
    return { least: exact, greatest: exact };
  }
  const words = [...query.words, ...query.alternates.map(({ word }) => word)];
  const hasSecondary = words.some((word) => hit.secondaryWords.includes(word));
  const isAmbiguous = query.alternates.some((one) => one.isOtherSpelling || hasSecondary);
  const [least, greatest] = [
    scoreOf(query, hit, isAmbiguous || hasSecondary ? secondary : inDescription),
    scoreOf(query, hit, hasSecondary && !isAmbiguous ? secondary : inDescription),
  ];
  return { least, greatest };
}

function scoreOf(query: SearchQuery, document: Names, best: TextClassOf): number {
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

/** The heaviest text class that applies to a document; the lightest one if no other does. */
export function textClass(query: SearchQuery, document: Scored): TextClass {
  return heaviestClass(query, document).textClass;
}

type TextClassOf = NameCriterion | WordClass | typeof namedNamespace;

const namedNamespace = {
  textClass: 'namedNamespace',
  relation: 'wordsInNamespace',
  weight: textClasses.namedNamespace.weight,
} as const;
// A document was found, so what has no other class is found by its secondary words.
const [inDescription, secondary] = wordClasses.slice(-2) as [WordClass, WordClass];
const inNames = wordClasses.slice(0, -2);

function heaviestClass(query: SearchQuery, document: Scored): TextClassOf {
  return (
    heaviestClassOfNames(query, document) ?? (isInDescription(query, document) ? inDescription : secondary)
  );
}

// Undefined if namespace and name do not decide.
function heaviestClassOfNames(query: SearchQuery, document: Names): TextClassOf | undefined {
  let best: NameCriterion | undefined;
  for (const criterion of nameCriteria(query)) {
    const isHeavier = best === undefined || criterion.weight > best.weight;
    if (isHeavier && matchesName(criterion, query, document)) best = criterion;
  }
  if (best !== undefined) return best;
  if (isByNamespace(query) && document.namespace === query.namespace) return namedNamespace;
  if (query.words.length === 0) return secondary;
  return wordClassOfNames(query, document);
}

function wordClassOfNames(query: SearchQuery, document: Names): WordClass | undefined {
  // Few names contain every word even as a part of another, or of two that are written as one.
  const letters = document.official ? document.name : `${document.namespace}/${document.name}`;
  if (!query.words.every((word) => letters.includes(word))) {
    const joined = letters.replace(/[^a-z0-9]/g, '');
    if (!query.words.every((word) => joined.includes(word))) return undefined;
  }
  const tokens: Partial<Record<WordField, readonly string[]>> = {
    namespace: nameTokens('namespace', document),
    name: nameTokens('name', document),
  };
  return inNames.find(({ fields }) =>
    coversWords(query, (word) => fields.some((field) => tokens[field]?.includes(word)), false),
  );
}

function isInDescription(query: SearchQuery, document: Scored): boolean {
  if (document.description === '') return false;
  const description = descriptionWords(document);
  const names = [...nameTokens('namespace', document), ...nameTokens('name', document)];
  return coversWords(query, (word) => description.has(word) || names.includes(word), false);
}

// A repository in the namespace that `ns/name` names comes before all others, whatever its class.
function textWeight(query: SearchQuery, document: Names, best: TextClassOf): number {
  const isNamed = 'field' in best && best.field === 'name';
  return isNamed && query.namespace === document.namespace
    ? best.weight + namedNamespace.weight
    : best.weight;
}

function officialWeight({ official }: Names, best: TextClassOf): number {
  return official && best.relation === 'words' ? (best.officialWeight ?? 0) : 0;
}

// Rounded to thousandths, so that sums compare alike here and in the database.
function sum(text: number, official: number, { popularity }: Pick<Scored, 'popularity'>): number {
  return Math.round((text + official + popularity) * 1000) / 1000;
}
