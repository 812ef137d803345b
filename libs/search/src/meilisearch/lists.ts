import { asValue, generationMarkerId } from './document';
import type { SearchQuery } from '../query/query';
import type { SearchFilters } from '../engine/search-engine';
import { weights } from '../ranking/weights';

/** Documents that answer a query in one way, the most popular first. */
export interface MeilisearchList {
  /** What this way counts for: a document of the list has no more besides its popularity, unless another list has it too. */
  readonly weight: number;
  /** Filters, one of which must hold. */
  readonly ways: readonly string[];
}

/** The lists of a query: the best documents of all are among the first of everything or among the first of a class. */
export interface MeilisearchLists {
  /** All that answers. */
  readonly everything: MeilisearchList;
  /** The text classes that count for more than the least. */
  readonly classes: readonly MeilisearchList[];
}

/** A safe operand: what is not such a name is no value that a repository has, and is never written into a filter. */
const operand = /^[a-z0-9][a-z0-9._-]*$/;
const never = 'official = true AND official = false';

/** The lists that a query is retrieved from. */
export function listsOf({ namespace, name, words }: SearchQuery): MeilisearchLists {
  if (namespace !== undefined && name === undefined) {
    return {
      everything: { weight: weights.namespaceExact, ways: [is('namespace', namespace)] },
      classes: [],
    };
  }
  const list = (weight: number, way: string): MeilisearchList => ({ weight, ways: [way] });
  const byName =
    name === undefined
      ? []
      : namespace === undefined
        ? [list(weights.namespaceExact, is('owner', name)), list(weights.namePrefix, begins(name))]
        : [
            list(
              weights.namespaceExact + weights.namePrefix,
              `${is('namespace', namespace)} AND ${begins(name)}`,
            ),
          ];
  const equal = name === undefined ? [] : [list(weights.nameExact, is('repo', name))];
  const byWord =
    words.length === 0
      ? []
      : [
          list(weights.wordInNamespace, have('ownerWords', words)),
          list(weights.wordInName, have('nameWords', words)),
          list(
            weights.officialByDescription - weights.officialByName,
            `official = true AND ${have('words', words)}`,
          ),
        ];
  const ways = [
    ...[...byName, ...equal].flatMap((one) => one.ways),
    words.length === 0 ? never : have('words', words),
  ];
  return { everything: { weight: weights.description, ways }, classes: [...byName, ...equal, ...byWord] };
}

/**
 * The filter of a list among the documents that count. The mark of the index passes every filter, and comes first: an
 * answer without it is not from the index that we filled.
 */
export function filterOf({ ways }: MeilisearchList, filters: SearchFilters): string[][] {
  const { official, automated, stars, namespace } = filters;
  const clauses = [
    ways,
    ...(official === undefined ? [] : [[`official = ${official}`]]),
    ...(automated === undefined ? [] : [[`automated = ${automated}`]]),
    ...(stars === undefined ? [] : [[`stars >= ${Math.trunc(stars)}`]]),
    ...(namespace === undefined ? [] : [[is('namespace', namespace)]]),
  ];
  return clauses.map((clause) => [...clause, `id = ${generationMarkerId}`]);
}

function is(field: string, value: string): string {
  return operand.test(value) ? `${field} = "${value}"` : never;
}

function begins(name: string): string {
  return operand.test(name) ? `repo STARTS WITH "${name}"` : never;
}

function have(field: string, words: readonly string[]): string {
  return words.map((word) => `${field} = "${asValue(word)}"`).join(' AND ');
}
