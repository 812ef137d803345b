import { asValue, generationMarkerId } from './document';
import { requiredPlatform } from '../engine/platforms';
import type { SearchFilters } from '../engine/search-engine';
import type { SearchQuery } from '../query/query';
import {
  isByNamespace,
  isByWords,
  nameCriteria,
  textClasses,
  wordCriteria,
  wordFields,
  type NameCriterion,
  type WordCriterion,
  type WordField,
} from '../ranking/text-classes';

/** Documents that match a query by one text class, the most popular first. */
export interface MeilisearchList {
  /** What a document of the list counts for in addition to its popularity, unless a heavier list has it too. */
  readonly weight: number;
  /** Filters, at least one of which must hold. */
  readonly anyOf: readonly string[];
}

/** The lists of a query: its best documents are among the first of all matches or among the first of a class. */
export interface MeilisearchLists {
  /** All that matches. */
  readonly everything: MeilisearchList;
  /** The text classes that count for more than the lightest one. */
  readonly classes: readonly MeilisearchList[];
}

// Attributes of words, the narrowest first. A class whose fields no attribute has alone uses the next wider one: such a
// list holds more documents than needed and misses none.
const wordAttributes: readonly { readonly attribute: string; readonly fields: readonly WordField[] }[] = [
  { attribute: 'ownerWords', fields: ['namespace'] },
  { attribute: 'nameWords', fields: ['namespace', 'name'] },
  { attribute: 'words', fields: ['namespace', 'name', 'official', 'description'] },
  { attribute: 'allWords', fields: wordFields },
];

// Any other text cannot equal or begin a name and is never written into a filter, so no quoting is needed.
const operandPattern = /^[a-z0-9][a-z0-9._-]*$/;
const platformPattern = /^[A-Za-z0-9._+-]*\/[A-Za-z0-9._+-]*$/;
const never = 'official = true AND official = false';

/** The lists that a query is retrieved from. */
export function listsOf(query: SearchQuery): MeilisearchLists {
  const byName = nameCriteria(query).map((criterion) => ({
    weight: criterion.listWeight,
    anyOf: [nameFilter(criterion, query)],
  }));
  if (!isByWords(query)) {
    const anyOf = byName.flatMap((list) => list.anyOf);
    return { everything: { weight: Math.min(...byName.map(({ weight }) => weight)), anyOf }, classes: [] };
  }
  const byWord =
    query.words.length === 0
      ? []
      : wordCriteria.map((criterion) => ({
          weight: criterion.weight,
          anyOf: [wordFilter(criterion, query)],
        }));
  const { weight, anyOf } = byWord.at(-1) ?? { weight: wordCriteria.at(-1)!.weight, anyOf: [never] };
  return {
    everything: { weight, anyOf: [...byName.flatMap((list) => list.anyOf), ...anyOf] },
    classes: [...byName, ...inNamedNamespace(query, anyOf), ...byWord.slice(0, -1)],
  };
}

function inNamedNamespace(query: SearchQuery, anyOf: readonly string[]): MeilisearchList[] {
  if (!isByNamespace(query)) return [];
  const own = compare('namespace', 'exact', query.namespace!);
  return [
    { weight: textClasses.namedNamespace.weight, anyOf: anyOf.map((filter) => `${own} AND ${filter}`) },
  ];
}

/**
 * The filter of a list under the search filters. The generation marker passes every filter and has the highest
 * popularity, so it comes first: a response without it is not from the index that this product filled.
 */
export function filterOf({ anyOf }: MeilisearchList, filters: SearchFilters): string[][] {
  const { official, automated, stars, namespace, kind } = filters;
  const platform = requiredPlatform(filters);
  const clauses = [
    anyOf,
    ...(official === undefined ? [] : [[`official = ${official}`]]),
    ...(automated === undefined ? [] : [[`automated = ${automated}`]]),
    ...(stars === undefined ? [] : [[`stars >= ${Math.trunc(stars)}`]]),
    ...(kind === undefined ? [] : [[`kinds = "${kind}"`]]),
    ...(platform === undefined
      ? []
      : [[platformPattern.test(platform) ? `platforms = "${platform}"` : never]]),
    ...(namespace === undefined ? [] : [[compare('namespace', 'exact', namespace)]]),
  ];
  return clauses.map((clause) => [...clause, `id = ${generationMarkerId}`]);
}

function nameFilter({ field, relation, operand, scope }: NameCriterion, query: SearchQuery): string {
  const attribute = field === 'name' ? 'repo' : 'namespace';
  const text = query[operand]!;
  // Only documents that are not official have an owner.
  if (scope === 'unofficial' && field === 'namespace') return compare('owner', relation, text);
  const comparison = compare(attribute, relation, text);
  if (scope === 'unofficial') return `official = false AND ${comparison}`;
  return scope === 'everywhere'
    ? comparison
    : `${compare('namespace', 'exact', query.namespace!)} AND ${comparison}`;
}

function compare(attribute: string, relation: NameCriterion['relation'], text: string): string {
  if (!operandPattern.test(text)) return never;
  return `${attribute} ${relation === 'exact' ? '=' : 'STARTS WITH'} "${text}"`;
}

function wordFilter({ textClass, fields, isOfficial }: WordCriterion, query: SearchQuery): string {
  const { attribute } = wordAttributes.find((one) => fields.every((field) => one.fields.includes(field)))!;
  const conditions = query.words.map((word) => {
    const alternates = query.alternates.filter(
      ({ covers, isOtherSpelling }) =>
        covers.includes(word) && (textClass === 'secondary' || !isOtherSpelling),
    );
    const values = [word, ...alternates.map((one) => one.word)].map((one) => `"${asValue(one)}"`);
    return values.length === 1 ? `${attribute} = ${values[0]!}` : `${attribute} IN [${values.join(', ')}]`;
  });
  return [...(isOfficial ? ['official = true'] : []), ...conditions].join(' AND ');
}
